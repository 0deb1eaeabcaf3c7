//! What ID tokens and access tokens say.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::types::{GrantId, IssueId, JwkThumbprint, MemberId, SessionId, Timestamp, TokenId};

/// ID token (Core s2). No claims of a scope: those are userinfo's.
#[derive(Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "named and defined by OpenID Connect Core s2 and Front-Channel Logout s3 (`sid`)"
)]
pub struct IdTokenClaims<'a> {
    pub iss: &'a str,
    pub sub: &'a str,
    pub aud: &'a str,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub auth_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    pub acr: &'a str,
    pub amr: &'a [String],
    pub at_hash: String,
    /// Another name for each sector, as `sub` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// About the member, as far as single claims were asked for (Core s5.5).
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

/// Left half of SHA-256 of the access token (Core s3.1.3.6); all our algorithms hash with SHA-256.
pub fn at_hash(access_token: &str) -> String {
    let hash = Sha256::digest(access_token);
    URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default())
}

/// Logout token (Back-Channel Logout s2.4). `sid` and no `sub`: a partner ends this session and no other of hers.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "named and defined by Back-Channel Logout s2.4")]
pub struct LogoutTokenClaims<'a> {
    pub iss: &'a str,
    pub aud: &'a str,
    pub iat: Timestamp,
    pub exp: Timestamp,
    pub jti: String,
    pub sid: String,
    pub events: LogoutEvents,
}

/// The one member of `events`: an empty object under the name of the event.
#[derive(Debug, Serialize)]
pub struct LogoutEvents {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Empty,
}

#[derive(Debug, Serialize)]
struct Empty {}

impl LogoutTokenClaims<'_> {
    /// What happened.
    pub const EVENTS: LogoutEvents = LogoutEvents { logout: Empty {} };
}

/// Access token (RFC 9068 s2.2).
#[derive(Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "named and defined by RFC 9068 s2.2, unless said otherwise"
)]
pub struct AccessTokenClaims<'a> {
    pub iss: &'a str,
    pub sub: &'a str,
    pub aud: Vec<&'a str>,
    pub client_id: &'a str,
    pub exp: Timestamp,
    pub iat: Timestamp,
    pub jti: TokenId,
    pub scope: String,
    /// Of the member; a client of its own has neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// The key it is bound to; `None`: whoever bears it may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// [`AccessTokenContext`], sealed: for the provider alone.
    pub ctx: String,
    /// The member's own id at the brand, encrypted to the brand's resource (decision 0004).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_ref: Option<String>,
}

/// `cnf`: what a token's sender has to prove (RFC 7800 s3.1, RFC 9449 s6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Possession of this key.
    pub jkt: JwkThumbprint,
}

/// What an access token rests on. Sealed, because a member's id would link partners to one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessTokenContext {
    /// A member's consent.
    Member(MemberContext),
    /// Nothing but the client's registration (RFC 6749 s4.4).
    Client,
}

/// The consent behind an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberContext {
    /// Whose token.
    pub member: MemberId,
    /// The consent it rests on.
    pub grant: GrantId,
    /// What it descends from.
    pub issue: IssueId,
    /// The session it dies with; `None` for offline access.
    pub session: Option<SessionId>,
    /// Single claims that userinfo tells besides those of the scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub claims: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a058_at_hash_is_the_left_half_of_sha256() {
        // The example of OpenID Connect Core appendix A.3.
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
