//! Making tokens: one place, whatever the grant.

use super::{
    Token,
    refresh_token::{Sealed, bound_to},
};
use crate::{
    endpoints::{claims, client_call::AuthenticatedClient, resource, sign::sign},
    jwt::{self, AccessTokenClaims, AccessTokenContext, Confirmation, IdTokenClaims, MemberContext},
    keyring::Purpose,
    model::{Authentication, ClaimsRequest, Grant, Member, Tenant},
    ports::Unavailable,
    types::{FamilyId, GrantId, IssueId, MemberId, Scope, ScopeSet, SessionId, TokenId},
    wire::{error::Fault, token_response::TokenResponse},
};

/// What ends the tokens besides their own expiry.
#[derive(Clone, Copy)]
pub(super) enum Lifetime {
    /// They die with the session.
    Session(SessionId),
    /// They outlive it. Partners know it by name all the same (Back-Channel Logout s2.1).
    Offline(Option<SessionId>),
}

/// What the client presented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presented {
    /// A code, for the first time. If it is replayed at this moment, its tokens are dead, but they are issued: the
    /// one redemption that counts succeeds, whoever is faster (attack row AC2).
    Code,
    /// A refresh token.
    RefreshToken,
}

/// What tokens are made from.
pub(super) struct Basis {
    pub(super) presented: Presented,
    pub(super) member: MemberId,
    pub(super) grant: GrantId,
    pub(super) issue: IssueId,
    pub(super) lifetime: Lifetime,
    /// Where this answer's tokens are to be taken; empty: wherever its scopes lead to.
    pub(super) resources: Vec<String>,
    /// Those that were granted, for later answers.
    pub(super) granted: Vec<String>,
    /// Single claims asked for.
    pub(super) claims: ClaimsRequest,
    pub(super) scope: ScopeSet,
    pub(super) authentication: Authentication,
    pub(super) nonce: Option<String>,
}

/// What one access token says.
pub(super) struct Access<'a> {
    pub(super) subject: &'a str,
    pub(super) audience: Vec<&'a str>,
    pub(super) scope: &'a ScopeSet,
    /// How the member proved who she is.
    pub(super) authentication: Option<&'a Authentication>,
    pub(super) member_ref: Option<String>,
    pub(super) context: AccessTokenContext,
}

impl Basis {
    const fn session(&self) -> Option<SessionId> {
        match self.lifetime {
            Lifetime::Session(session) => Some(session),
            Lifetime::Offline(_) => None,
        }
    }

    /// The session that was signed in to, whether or not it ends the tokens.
    const fn origin(&self) -> Option<SessionId> {
        match self.lifetime {
            Lifetime::Session(session) => Some(session),
            Lifetime::Offline(session) => session,
        }
    }
}

impl Token {
    /// Checks that consent and member still stand, then signs. `family` names a new refresh token's family and
    /// generation.
    pub(super) async fn issue(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        basis: Basis,
        family: Option<(FamilyId, u32)>,
    ) -> Result<TokenResponse, Fault> {
        let (basis, member) = &self.as_it_stands(tenant, client, basis).await?;
        let subject = self
            .keyring
            .subject(&tenant.id, client.subject_sector(), &basis.member);
        let access_token = self.access_token(tenant, client, basis, &subject).await?;
        let id_token = if basis.scope.contains(Scope::OPENID) {
            Some(
                self.id_token(tenant, client, basis, member, &subject, &access_token)
                    .await?,
            )
        } else {
            None
        };
        let refresh_token = family
            .map(|(family, generation)| {
                let (member, authentication) = (basis.member.clone(), basis.authentication.clone());
                let (key, client, scope) = (bound_to(client), client.id.clone(), basis.scope.clone());
                let (grant, issue) = (basis.grant, basis.issue);
                let sealed = Sealed {
                    family,
                    generation,
                    client,
                    member,
                    grant,
                    issue,
                    scope,
                    session: basis.origin(),
                    resources: basis.granted.clone(),
                    claims: basis.claims.clone(),
                    authentication,
                    key,
                };
                self.seal_refresh_token(tenant, &sealed)
            })
            .transpose()?;
        Ok(TokenResponse {
            access_token,
            token_type: client.token_type(),
            expires_in: tenant.policy.tokens.access_token,
            refresh_token,
            id_token,
            scope: resource::applicable(tenant, &basis.scope, &basis.resources).to_string(),
        })
    }

    /// What is left of the basis: consent, member and registration may have changed since.
    pub(super) async fn as_it_stands(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        mut basis: Basis,
    ) -> Result<(Basis, Member), Fault> {
        let (grant, member) = futures_util::try_join!(
            self.grants.get(&tenant.id, &basis.member, &client.id),
            self.members.by_id(&tenant.id, &basis.member),
        )?;
        let now = self.clock.now();
        let stands = |grant: &Grant| match basis.presented {
            Presented::Code => grant.stands(basis.grant, basis.session(), now),
            Presented::RefreshToken => grant.honours(basis.grant, basis.issue, basis.session(), now),
        };
        let gone = || Fault::grant("the consent behind it no longer stands");
        let grant = grant.filter(stands).ok_or_else(gone)?;
        let cannot = || Fault::grant("the member cannot sign in");
        let member = member.filter(Member::is_active).ok_or_else(cannot)?;
        let allowed = grant.current_scopes(&tenant.scopes).intersection(&client.scopes);
        basis.scope = basis.scope.intersection(&allowed);
        basis.claims = basis.claims.within(&allowed);
        if basis.scope.is_empty() {
            Err(gone())
        } else {
            Ok((basis, member))
        }
    }

    async fn access_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        basis: &Basis,
        subject: &str,
    ) -> Result<String, Fault> {
        let scope = resource::applicable(tenant, &basis.scope, &basis.resources);
        let audience = resource::audience(tenant, &scope, &basis.resources);
        let access = Access {
            subject,
            member_ref: self.member_ref(tenant, basis, &scope, &audience)?,
            audience,
            scope: &scope,
            authentication: Some(&basis.authentication),
            context: AccessTokenContext::Member(MemberContext {
                member: basis.member.clone(),
                grant: basis.grant,
                issue: basis.issue,
                session: basis.session(),
                claims: basis.claims.userinfo.clone(),
            }),
        };
        self.sign_access_token(tenant, client, access).await
    }

    /// One place makes access tokens, whoever they are about.
    pub(super) async fn sign_access_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        access: Access<'_>,
    ) -> Result<String, Fault> {
        let now = self.clock.now();
        let sealed = || Fault::server("the access token's context could not be sealed");
        let claims = AccessTokenClaims {
            iss: tenant.issuer.as_str(),
            sub: access.subject,
            member_ref: access.member_ref,
            aud: access.audience,
            client_id: client.id.as_str(),
            exp: now + tenant.policy.tokens.access_token,
            iat: now,
            jti: TokenId::from_bytes(self.random.bytes()),
            scope: access.scope.to_string(),
            acr: access.authentication.map(|_| Authentication::ACR),
            auth_time: access.authentication.map(|a| a.auth_time),
            cnf: client.key().map(|jkt| Confirmation { jkt }),
            ctx: self
                .keyring
                .seal(&tenant.id, Purpose::AccessToken, &access.context)
                .ok_or_else(sealed)?,
        };
        let algorithm = client.access_token_algorithm();
        sign(&*self.signer, tenant, algorithm, jwt::ACCESS_TOKEN, &claims).await
    }

    async fn id_token(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        basis: &Basis,
        member: &Member,
        subject: &str,
        access_token: &str,
    ) -> Result<String, Fault> {
        let now = self.clock.now();
        let claims = IdTokenClaims {
            iss: tenant.issuer.as_str(),
            sub: subject,
            aud: client.id.as_str(),
            exp: now + tenant.policy.tokens.id_token,
            iat: now,
            auth_time: basis.authentication.auth_time,
            nonce: basis.nonce.as_deref(),
            acr: Authentication::ACR,
            amr: &basis.authentication.amr,
            at_hash: jwt::at_hash(access_token),
            sid: basis.origin().map(|session| {
                self.keyring
                    .session_name(&tenant.id, client.subject_sector(), session)
            }),
            claims: claims::about(member, basis.claims.id_token.iter().map(String::as_str)),
        };
        sign(
            &*self.signer,
            tenant,
            client.id_token_algorithm,
            jwt::ID_TOKEN,
            &claims,
        )
        .await
    }

    /// The member's id for the brand's own resource, where a granted scope leads to one that has a key.
    fn member_ref(
        &self,
        tenant: &Tenant,
        basis: &Basis,
        scope: &ScopeSet,
        audience: &[&str],
    ) -> Result<Option<String>, Fault> {
        let led_to = resource::led_to(tenant, scope);
        let takes = |identifier: &str| audience.contains(&identifier) && led_to.contains(&identifier);
        let mut taking = tenant.resources.iter().filter(|r| takes(&r.identifier));
        let Some(key) = taking.find_map(|r| r.member_key.as_ref()) else {
            return Ok(None);
        };
        let key = key.open().map_err(Unavailable::from)?;
        Ok(jwt::encrypt_member_ref(key, self.random.bytes(), &basis.member))
    }
}
