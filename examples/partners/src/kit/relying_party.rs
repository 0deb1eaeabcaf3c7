//! OIDC as a confidential client: authorization code with PKCE, refresh, RP-initiated and back-channel logout.
//!
//! Knows no cookies and no pages. Every token it hands out has been verified.

use std::{collections::BTreeSet, sync::Arc};

use openidconnect::{
    AccessToken, AuthorizationCode, ClientSecret, CsrfToken, HttpClientError, LogoutRequest, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreErrorResponseType, CoreIdToken, CoreIdTokenClaims, CoreRequestTokenError,
        CoreTokenResponse, CoreUserInfoClaims,
    },
};
use url::Url;

use super::{
    assertion::{ASSERTION_TYPE, AssertionSigner},
    id_token,
    logout_token::{self, Expected},
    provider::{Discovered, Failure, Provider, send, unavailable},
};
use crate::{Clock, SettingsError};

/// How the client proves itself at the token endpoint.
pub(crate) enum ClientAuthentication {
    SecretBasic(ClientSecret),
    PrivateKey(Box<AssertionSigner>),
}

/// What one authorization request must remember until its callback.
#[derive(Clone)]
pub(crate) struct Attempt {
    nonce: Nonce,
    verifier: Arc<PkceCodeVerifier>,
    scopes: BTreeSet<String>,
}

/// What a member's visit may do, and until when.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: AccessToken,
    pub(crate) expires_at: Option<u64>,
    pub(crate) refresh: Option<RefreshToken>,
    pub(crate) scopes: BTreeSet<String>,
}

/// A member who is signed in.
pub(crate) struct SignedIn {
    pub(crate) tokens: Tokens,
    pub(crate) id_token: CoreIdToken,
    pub(crate) name: Option<String>,
}

pub(crate) struct RelyingParty {
    provider: Provider,
    signed_out_uri: PostLogoutRedirectUrl,
    /// Present when the client proves itself by signature; a secret is with the provider's client.
    signer: Option<Box<AssertionSigner>>,
    http: reqwest::Client,
    clock: Clock,
}

impl RelyingParty {
    pub(crate) fn new(
        issuer: &str,
        client_id: &str,
        redirect_uri: &str,
        home: &str,
        authentication: ClientAuthentication,
        http: reqwest::Client,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        let signed_out = format!("{}/signed-out", home.trim_end_matches('/'));
        let (secret, signer) = match authentication {
            ClientAuthentication::SecretBasic(secret) => (Some(secret), None),
            ClientAuthentication::PrivateKey(signer) => (None, Some(signer)),
        };
        Ok(Self {
            provider: Provider::new(
                issuer,
                client_id,
                secret,
                redirect_uri,
                http.clone(),
                Arc::clone(&clock),
            )?,
            signed_out_uri: PostLogoutRedirectUrl::new(signed_out)
                .map_err(|error| SettingsError::new("home", error))?,
            signer,
            http,
            clock,
        })
    }

    pub(crate) fn now(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn issuer(&self) -> &str {
        self.provider.issuer.as_str()
    }

    /// Where to send the browser, the `state` it comes back with, and what to remember under it.
    pub(crate) async fn authorize(&self, scopes: &[&str]) -> Result<(Url, String, Attempt), Failure> {
        let provider = self.provider.current().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        // The library adds `openid` by itself.
        let extra = scopes
            .iter()
            .filter(|scope| **scope != "openid")
            .map(|scope| Scope::new((*scope).to_owned()));
        let (url, state, nonce) = provider
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(extra)
            .set_pkce_challenge(challenge)
            .url();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Ok((
            url,
            state.into_secret(),
            Attempt {
                nonce,
                verifier: Arc::new(verifier),
                scopes,
            },
        ))
    }

    /// Exchanges the code, verifies the ID token and asks who she is.
    pub(crate) async fn redeem(&self, attempt: &Attempt, code: String) -> Result<SignedIn, Failure> {
        let provider = self.provider.current().await?;
        let request = provider
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|e| unavailable(&e))?;
        let mut request = request.set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.secret().clone()));
        for (name, value) in self.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let answer = request
            .request_async(&|request| send(self.http.clone(), request))
            .await;
        let answer = answer.map_err(|error| token_failure(&error))?;
        let id_token = answer.id_token().ok_or(Failure::Untrusted)?;
        let verify = |provider: &Discovered| {
            id_token::verify(
                &provider.client,
                &self.clock,
                id_token,
                answer.access_token(),
                &attempt.nonce,
            )
        };
        let claims = match verify(&provider) {
            // Perhaps signed with a key published since: look once more, and only once.
            Err(_) => verify(&*self.provider.newer().await?)?,
            Ok(claims) => claims,
        };
        let tokens = self.tokens(&answer, None, &attempt.scopes);
        let name = self.name(&provider, &tokens, &claims).await;
        Ok(SignedIn {
            tokens,
            id_token: id_token.clone(),
            name,
        })
    }

    /// Trades the refresh token for new tokens. A refresh token in the answer replaces the old one; without one it goes on.
    pub(crate) async fn refresh(&self, old: &Tokens, refresh: &RefreshToken) -> Result<Tokens, Failure> {
        let provider = self.provider.current().await?;
        let mut request = provider
            .client
            .exchange_refresh_token(refresh)
            .map_err(|e| unavailable(&e))?;
        for (name, value) in self.assertion()? {
            request = request.add_extra_param(name, value);
        }
        let answer = request
            .request_async(&|request| send(self.http.clone(), request))
            .await;
        answer
            .map(|answer| self.tokens(&answer, Some(refresh), &old.scopes))
            .map_err(|error| token_failure(&error))
    }

    /// The provider's end-session URL (RP-Initiated Logout 1.0), if it can be reached and has one.
    pub(crate) async fn sign_out_url(&self, id_token: Option<&CoreIdToken>) -> Option<Url> {
        let provider = self.provider.current().await.ok()?;
        let endpoint = provider
            .metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let request = LogoutRequest::from(endpoint)
            .set_client_id(self.provider.client_id.clone())
            .set_post_logout_redirect_uri(self.signed_out_uri.clone())
            .set_state(CsrfToken::new_random());
        let request = match id_token {
            Some(hint) => request.set_id_token_hint(hint),
            None => request,
        };
        Some(request.http_get_url())
    }

    /// The session that the provider says has ended, by the name that ID tokens have for it (`sid`).
    pub(crate) async fn ended_session(&self, logout_token: &str) -> Result<String, Failure> {
        let verify = |provider: &Discovered| {
            let expected = Expected {
                issuer: self.issuer(),
                client_id: &self.provider.client_id,
                keys: provider.metadata.jwks(),
                now: self.now(),
            };
            logout_token::verify(logout_token, &expected)
        };
        // As with ID tokens: perhaps signed with a key published since.
        let session = match verify(&*self.provider.current().await?) {
            Err(_) => verify(&*self.provider.newer().await?),
            session => session,
        };
        session.map_err(|reason| {
            tracing::warn!(reason, "logout token refused");
            Failure::Untrusted
        })
    }

    fn assertion(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let Some(signer) = &self.signer else {
            return Ok(Vec::new());
        };
        let assertion = signer
            .assertion(self.now())
            .map_err(|error| unavailable(&error))?;
        Ok(vec![
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion),
        ])
    }

    fn tokens(
        &self,
        answer: &CoreTokenResponse,
        old: Option<&RefreshToken>,
        asked: &BTreeSet<String>,
    ) -> Tokens {
        Tokens {
            access: answer.access_token().clone(),
            expires_at: answer
                .expires_in()
                .map(|lifetime| self.now().saturating_add(lifetime.as_secs())),
            refresh: answer.refresh_token().or(old).cloned(),
            // RFC 6749 s5.1: no `scope` in the answer means exactly what was asked.
            scopes: answer
                .scopes()
                .map_or_else(|| asked.clone(), |s| s.iter().map(|s| s.to_string()).collect()),
        }
    }

    /// Her name from userinfo. The page can do without, so a failure here is no failed sign-in.
    async fn name(
        &self,
        provider: &Discovered,
        tokens: &Tokens,
        claims: &CoreIdTokenClaims,
    ) -> Option<String> {
        let subject = Some(claims.subject().clone());
        let request = provider.client.user_info(tokens.access.clone(), subject).ok()?;
        let http = |request| send(self.http.clone(), request);
        let info: Result<CoreUserInfoClaims, _> = request.request_async(&http).await;
        let info = info
            .inspect_err(|error| tracing::warn!(%error, "userinfo failed"))
            .ok()?;
        info.name()?.get(None).map(|name| name.to_string())
    }
}

type TokenError = CoreRequestTokenError<HttpClientError<reqwest::Error>>;

fn token_failure(error: &TokenError) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer)
            if *answer.error() == CoreErrorResponseType::InvalidGrant =>
        {
            Failure::InvalidGrant
        }
        other => unavailable(other),
    }
}
