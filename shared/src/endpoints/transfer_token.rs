//! The token that takes a session to a browser: sealed, of use for a minute, and once.

use crate::{
    keyring::{Keyring, Purpose},
    model::{SessionTransfer, Tenant},
    ports::{Assertions, FirstUse, PortResult},
    types::{Digest, Timestamp},
};

/// From the app's request until a browser opens it, in seconds: the app opens the browser at once.
pub(super) const OPENED_WITHIN: u64 = 60;

/// From then until she has answered, in seconds: time to read a page.
pub(super) const ANSWERED_WITHIN: u64 = 300;

/// The text for the app.
pub(super) fn seal(keyring: &Keyring, tenant: &Tenant, transfer: &SessionTransfer) -> Option<String> {
    keyring.seal(&tenant.id, Purpose::SessionTransfer, transfer)
}

/// Reads a text; `None` if it is none of this brand's.
pub(super) fn open(keyring: &Keyring, tenant: &Tenant, text: &str) -> Option<SessionTransfer> {
    keyring.open(&tenant.id, Purpose::SessionTransfer, text)
}

/// Uses one up. It is remembered until nobody could answer the page of it any more.
pub(super) async fn use_up(
    assertions: &dyn Assertions,
    tenant: &Tenant,
    token: &Digest,
    until: Timestamp,
    now: Timestamp,
) -> PortResult<FirstUse> {
    assertions.use_once(&tenant.id, &mark(token), until, now).await
}

/// Whether one was used.
pub(super) async fn was_used(
    assertions: &dyn Assertions,
    tenant: &Tenant,
    token: &Digest,
    now: Timestamp,
) -> PortResult<bool> {
    assertions.was_used(&tenant.id, &mark(token), now).await
}

/// Where the mark is. No client has an empty id, so no assertion's `jti` is kept in the same place.
fn mark(token: &Digest) -> Digest {
    Digest::of(&[b"\0transfer\0", token.as_bytes().as_slice()].concat())
}
