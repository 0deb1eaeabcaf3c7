//! Access tokens that a client has for itself, without a member and so without a consent (RFC 6749 s4.4).

use crate::{
    model::{Client, GrantType, Tenant},
    ports::{Assertions, PortResult},
    types::{Digest, ScopeSet, Timestamp, TokenId},
};

/// What a client may have of its own: what is about an API. Who she is, and access while she is away, are about a member.
pub(super) fn scopes(tenant: &Tenant, client: &Client) -> ScopeSet {
    if !client.may(GrantType::ClientCredentials) {
        return ScopeSet::default();
    }
    tenant
        .scopes
        .entries_of(&client.scopes)
        .filter(|entry| entry.resource.is_some())
        .map(|entry| entry.scope.clone())
        .collect()
}

/// Ends one such token.
pub(super) async fn revoke(
    assertions: &dyn Assertions,
    tenant: &Tenant,
    token: TokenId,
    until: Timestamp,
    now: Timestamp,
) -> PortResult<()> {
    assertions
        .use_once(&tenant.id, &mark(token), until, now)
        .await
        .map(drop)
}

/// Whether one such token was ended.
pub(super) async fn is_revoked(
    assertions: &dyn Assertions,
    tenant: &Tenant,
    token: TokenId,
    now: Timestamp,
) -> PortResult<bool> {
    assertions.was_used(&tenant.id, &mark(token), now).await
}

/// Where the mark is. No client has an empty id, so no assertion's `jti` is kept in the same place.
fn mark(token: TokenId) -> Digest {
    Digest::of(format!("\0{token}").as_bytes())
}
