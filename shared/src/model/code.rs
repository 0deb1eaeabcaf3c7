use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::types::{
    ClientId, CodeChallenge, GrantId, IssueId, MemberId, RedirectTarget, ScopeSet, SessionId, Timestamp,
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
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// When and how she signed in.
    pub authentication: Authentication,
    /// When it stops working.
    pub expires_at: Timestamp,
}
