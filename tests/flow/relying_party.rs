//! A partner built on an independent library, so that a misreading our code and our tests share is caught.

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpClientError, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreTokenResponse, CoreUserInfoClaims},
};

use crate::harness::{Brand, Page, TEST_MEMBER, World};

type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A partner that knows the issuer's name and what it was given at registration, and finds out the rest.
struct RelyingParty {
    client: Ready,
    end_session: EndSessionUrl,
    secret: bool,
    http: reqwest::Client,
}

/// What it remembers from request to callback.
struct Attempt {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, HttpClientError<reqwest::Error>> {
    let answer = http
        .execute(request.try_into().map_err(Box::new)?)
        .await
        .map_err(Box::new)?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await.map_err(Box::new)?.to_vec();
    Ok(response)
}

impl RelyingParty {
    async fn discover(brand: &Brand, id: &str, secret: Option<&str>, redirect_uri: &str) -> Self {
        let http = brand.http.clone();
        let issuer = IssuerUrl::new(brand.issuer.clone()).unwrap();
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &|r| send(http.clone(), r))
            .await
            .unwrap();
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(id.to_owned()),
            secret.map(|s| ClientSecret::new(s.to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).unwrap());
        Self {
            client,
            end_session: end_session.unwrap(),
            secret: secret.is_some(),
            http,
        }
    }

    fn authorize(&self, scopes: &[&str]) -> (String, Attempt) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.iter().map(|s| Scope::new((*s).to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        (
            url.into(),
            Attempt {
                state,
                nonce,
                verifier,
            },
        )
    }

    fn verifier(&self) -> CoreIdTokenVerifier<'_> {
        self.client.id_token_verifier()
    }

    /// Checks state and issuer of the callback, and exchanges the code.
    async fn redeem(&self, brand: &Brand, attempt: Attempt, callback: &Page) -> (CoreTokenResponse, Nonce) {
        let answer = callback.callback();
        assert_eq!(&answer["state"], attempt.state.secret());
        assert_eq!(answer["iss"], brand.issuer, "RFC 9207");
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(answer["code"].clone()))
            .unwrap()
            .set_pkce_verifier(attempt.verifier)
            .request_async(&|r| send(self.http.clone(), r))
            .await
            .unwrap();
        (tokens, attempt.nonce)
    }

    /// Sign-in, ID token, userinfo, refresh and logout, all by the library's own checks.
    async fn walk(&self, world: &World, brand: &Brand, signed_out: &str) {
        let (url, attempt) = self.authorize(&["profile", "offline_access"]);
        let mut browser = world.browser();
        let callback = browser.through(world, &url, TEST_MEMBER).await;
        let (tokens, nonce) = self.redeem(brand, attempt, &callback).await;

        let id_token = tokens.id_token().unwrap();
        let verifier = self.verifier();
        let claims = id_token.claims(&verifier, &nonce).unwrap();
        assert!(
            id_token.claims(&verifier, &Nonce::new_random()).is_err(),
            "the nonce is looked at"
        );
        let hash = AccessTokenHash::from_token(
            tokens.access_token(),
            id_token.signing_alg().unwrap(),
            id_token.signing_key(&verifier).unwrap(),
        );
        assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));

        let info: CoreUserInfoClaims = self
            .client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .unwrap()
            .request_async(&|r| send(self.http.clone(), r))
            .await
            .unwrap();
        assert_eq!(
            info.name().unwrap().get(None).unwrap().as_str(),
            "Tess Anne Tester"
        );
        assert_eq!(info.phone_number(), None, "the scope phone was not asked for");

        let fresh = self
            .client
            .exchange_refresh_token(tokens.refresh_token().unwrap())
            .unwrap()
            .request_async(&|r| send(self.http.clone(), r))
            .await
            .unwrap();
        assert_ne!(fresh.access_token().secret(), tokens.access_token().secret());
        // Core s12.2: the same member, the same sign-in, and no nonce of an older request needed.
        let refreshed = fresh
            .id_token()
            .unwrap()
            .claims(&verifier, |_: Option<&Nonce>| Ok(()))
            .unwrap();
        assert_eq!(refreshed.subject(), claims.subject());
        assert_eq!(refreshed.auth_time(), claims.auth_time());
        assert_eq!(refreshed.audiences(), claims.audiences());

        let leave = LogoutRequest::from(self.end_session.clone())
            .set_id_token_hint(fresh.id_token().unwrap())
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(signed_out.to_owned()).unwrap())
            .set_state(CsrfToken::new("bye".to_owned()))
            .http_get_url();
        let gone = browser.get(leave.as_str()).await;
        assert_eq!(gone.url.as_str(), format!("{signed_out}?state=bye"));
        let (silent, _) = self.authorize(&["profile"]);
        let page = browser.get(&format!("{silent}&prompt=none")).await;
        assert_eq!(page.callback()["error"], "login_required");
    }
}

#[tokio::test]
async fn a_confidential_partner_of_an_independent_library() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let party = RelyingParty::discover(
        &brand,
        "conformance",
        Some("conformance-demo-secret"),
        "http://127.0.0.1:3999/callback",
    )
    .await;
    assert!(party.secret);
    party
        .walk(&world, &brand, "http://127.0.0.1:3999/signed-out")
        .await;
}

#[tokio::test]
async fn a_public_partner_of_an_independent_library() {
    let world = World::start().await;
    let brand = world.urbantrend();
    // Any port: a native app takes the one it gets (RFC 8252 s7.3).
    let party = RelyingParty::discover(&brand, "spa-demo", None, "http://127.0.0.1:51004/callback").await;
    assert!(!party.secret);
    party
        .walk(&world, &brand, "http://127.0.0.1:51004/signed-out")
        .await;
}

#[tokio::test]
async fn the_keys_of_one_brand_do_not_verify_the_other() {
    let world = World::start().await;
    let home = "http://127.0.0.1:3999/callback";
    let here = RelyingParty::discover(
        &world.urbantrend(),
        "conformance",
        Some("conformance-demo-secret"),
        home,
    )
    .await;
    let there = RelyingParty::discover(
        &world.northpeak(),
        "conformance",
        Some("conformance-north-secret"),
        home,
    )
    .await;
    let (url, attempt) = here.authorize(&["profile"]);
    let callback = world.browser().through(&world, &url, TEST_MEMBER).await;
    let (tokens, nonce) = here.redeem(&world.urbantrend(), attempt, &callback).await;
    let id_token = tokens.id_token().unwrap();
    assert!(id_token.claims(&here.verifier(), &nonce).is_ok());
    assert!(id_token.claims(&there.verifier(), &nonce).is_err());
}
