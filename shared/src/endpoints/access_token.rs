//! Our own access token, coming back: what it says, and whether it still stands.

use serde::Deserialize;

use crate::{
    jwt::{self, AccessTokenContext, Confirmation, MemberContext},
    keyring::{Keyring, Purpose},
    model::{Grant, Member, Tenant},
    ports::{Clock, Grants, Members, PublicKeys, Registry},
    types::{ClientId, ScopeSet, Timestamp, TokenId},
    wire::error::{ErrorCode, Fault},
};

/// What looking at an access token needs of an endpoint.
pub(super) struct AccessTokens<'a> {
    /// Tenants and clients.
    pub(super) registry: &'a dyn Registry,
    /// The consent behind the token.
    pub(super) grants: &'a dyn Grants,
    /// Whom it is about.
    pub(super) members: &'a dyn Members,
    /// What tokens are verified with.
    pub(super) public_keys: &'a dyn PublicKeys,
    /// Time.
    pub(super) clock: &'a dyn Clock,
    /// The sealed context.
    pub(super) keyring: &'a Keyring,
}

/// The claims of our own access token that matter to ourselves (RFC 9068 s2.2).
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: Vec<String>,
    pub(super) client_id: String,
    pub(super) exp: Timestamp,
    pub(super) iat: Timestamp,
    pub(super) jti: TokenId,
    pub(super) scope: String,
    pub(super) auth_time: Option<Timestamp>,
    pub(super) acr: Option<String>,
    pub(super) member_ref: Option<String>,
    /// What its sender must prove; `None`: nothing.
    pub(super) cnf: Option<Confirmation>,
    ctx: String,
}

/// A token that this issuer signed and that has not expired. Whether it stands is another question.
pub(super) struct Genuine {
    pub(super) claims: Claims,
    pub(super) context: AccessTokenContext,
    /// Whose it is.
    pub(super) client: ClientId,
    /// As it was issued.
    pub(super) scope: ScopeSet,
}

/// A token that stands at this moment.
pub(super) struct Standing {
    pub(super) token: Genuine,
    pub(super) member: Member,
    /// What is left of its scope: consent and registration may have changed since.
    pub(super) scope: ScopeSet,
    /// All that consent and registration allow this client, whatever this token was issued for.
    pub(super) allowed: ScopeSet,
}

/// The one refusal, whatever is wrong with a token.
pub(super) const fn invalid() -> Fault {
    Fault::new(ErrorCode::InvalidToken, "the access token is not valid here")
}

impl Genuine {
    /// The consent it rests on; none if its client acts for itself.
    pub(super) const fn consent(&self) -> Option<&MemberContext> {
        match &self.context {
            AccessTokenContext::Member(consent) => Some(consent),
            AccessTokenContext::Client => None,
        }
    }
}

/// What it takes to tell a token of ours from any other text.
pub(super) struct Verifier<'a> {
    pub(super) public_keys: &'a dyn PublicKeys,
    pub(super) clock: &'a dyn Clock,
    pub(super) keyring: &'a Keyring,
}

impl Verifier<'_> {
    /// Verifies signature, issuer and expiry.
    pub(super) async fn genuine(&self, tenant: &Tenant, token: &str) -> Result<Genuine, Fault> {
        self.alive(tenant, self.issued(tenant, token).await?)
    }

    /// Verifies signature and issuer: what was issued, and may have expired since.
    pub(super) async fn issued(&self, tenant: &Tenant, token: &str) -> Result<Claims, Fault> {
        let keys = jwt::verification_keys(&self.public_keys.public_keys(&tenant.id).await?);
        jwt::verify_own::<Claims>(token, jwt::ACCESS_TOKEN, &keys)
            .filter(|c| c.iss == tenant.issuer.as_str())
            .ok_or_else(invalid)
    }

    /// What was issued, if it has not expired.
    pub(super) fn alive(&self, tenant: &Tenant, claims: Claims) -> Result<Genuine, Fault> {
        if claims.exp.is_past(self.clock.now()) {
            return Err(invalid());
        }
        let context = self.keyring.open(&tenant.id, Purpose::AccessToken, &claims.ctx);
        Ok(Genuine {
            context: context.ok_or_else(invalid)?,
            client: ClientId::new(claims.client_id.as_str()),
            scope: ScopeSet::parse(&claims.scope).ok_or_else(invalid)?,
            claims,
        })
    }
}

impl AccessTokens<'_> {
    /// What tells a token of ours from any other text.
    pub(super) const fn verifier(&self) -> Verifier<'_> {
        Verifier {
            public_keys: self.public_keys,
            clock: self.clock,
            keyring: self.keyring,
        }
    }

    /// A valid signature is not enough: client, consent, session and member must stand at this moment.
    pub(super) async fn standing(&self, tenant: &Tenant, token: Genuine) -> Result<Standing, Fault> {
        let (context, now) = (token.consent().ok_or_else(invalid)?, self.clock.now());
        let (grant, member, client) = futures_util::try_join!(
            self.grants.get(&tenant.id, &context.member, &token.client),
            self.members.by_id(&tenant.id, &context.member),
            self.registry.client(&tenant.id, &token.client),
        )?;
        let client = client.ok_or_else(invalid)?;
        let honours = |g: &Grant| {
            g.honours(context.grant, context.issue, context.session, now)
                && !g.has_revoked(token.claims.jti, now)
        };
        let grant = grant.filter(honours).ok_or_else(invalid)?;
        let member = member.filter(Member::is_active).ok_or_else(invalid)?;
        let allowed = grant.current_scopes(&tenant.scopes).intersection(&client.scopes);
        Ok(Standing {
            scope: token.scope.intersection(&allowed),
            allowed,
            token,
            member,
        })
    }
}
