use serde::{Deserialize, Serialize};

use super::{Authentication, ClaimsRequest};
use crate::{
    ports::{Bindings, Redeemed},
    types::{
        ClientId, CodeChallenge, GrantId, IssueId, JwkThumbprint, MemberId, RedirectTarget, ScopeSet,
        SessionId, Timestamp,
    },
};

/// What an authorization code stands for (RFC 6749 s4.1.2). Stored under the digest of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// Who may redeem it.
    pub client: ClientId,
    /// The exact `redirect_uri` of the request.
    pub redirect_uri: RedirectTarget,
    /// The PKCE challenge, if one was sent.
    pub challenge: Option<CodeChallenge>,
    /// Who signed in.
    pub member: MemberId,
    /// The consent it rests on.
    pub grant: GrantId,
    /// Names everything that will be issued from it.
    pub issue: IssueId,
    /// The session it was issued in.
    pub session: SessionId,
    /// What was granted to this request.
    pub scope: ScopeSet,
    /// The APIs asked for (RFC 8707 s2.1); empty: all its scopes lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Single claims asked for.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// The key its redemption must prove (RFC 9449 s10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<JwkThumbprint>,
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// When and how she signed in.
    pub authentication: Authentication,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// For how many seconds an expired code is kept, so that its replay is told and answered by revocation.
const AFTERLIFE: u64 = 15 * 60;

impl AuthorizationCode {
    /// What a redemption finds, given the `nonce` of the one before it. On [`Redeemed::Now`] the store marks it.
    ///
    /// The order is the contract: a stranger learns nothing of whether a code was used.
    pub fn redeem(
        self,
        redeemed_by: Option<[u8; 16]>,
        bindings: &Bindings,
        nonce: &[u8; 16],
        now: Timestamp,
    ) -> Redeemed {
        // A redeemed code stays for telling a replay; only an unused one simply ends.
        if redeemed_by.is_none() && self.expires_at.is_past(now) {
            return Redeemed::Absent;
        }
        let bound = self.client == bindings.client
            && self.redirect_uri.as_str() == bindings.redirect_uri
            && self.challenge == bindings.challenge
            && self.dpop_jkt.is_none_or(|jkt| Some(jkt) == bindings.dpop_jkt);
        if !bound {
            return Redeemed::Mismatch;
        }
        match redeemed_by {
            Some(earlier) if earlier != *nonce => Redeemed::Already(self),
            _ => Redeemed::Now(self),
        }
    }

    /// When its replay need not be told any more.
    pub fn forget_at(&self) -> Timestamp {
        self.expires_at + AFTERLIFE
    }
}
