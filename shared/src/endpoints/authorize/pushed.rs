//! What was pushed before (RFC 9126): named by a `request_uri` of ours, used by its client, ended once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    endpoints::{lost_answer::once_more, page_fault::PageFault},
    keyring::{Keyring, Purpose},
    model::{AuthorizationRequest, Client, PushedRequest, Tenant},
    pages::ErrorCause,
    ports::{PortResult, PushedRequests, Random},
    types::{Digest, Secret, Timestamp},
    wire::params::Params,
};

/// What every `request_uri` of ours begins with (RFC 9126 s2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// For the log.
pub(in crate::endpoints) const ENDED_ELSEWHERE: &str = "this pushed request was answered before";

/// A new `request_uri`, of 256 random bits.
pub(in crate::endpoints) fn new_uri(random: &dyn Random) -> Secret<String> {
    Secret::new(format!(
        "{PREFIX}{}",
        URL_SAFE_NO_PAD.encode(random.bytes::<32>())
    ))
}

/// What the store knows it by.
pub(in crate::endpoints) fn digest_of(request_uri: &str) -> Digest {
    Digest::of(request_uri.as_bytes())
}

/// The digest of the `request_uri` of a request, if it is one of ours. Any other is none of our business, and is not
/// followed.
pub(super) fn named_in(params: &Params) -> Result<Option<Digest>, PageFault> {
    let Some(ours) = params.get("request_uri").filter(|uri| uri.starts_with(PREFIX)) else {
        return Ok(None);
    };
    let fault = |why: &str| Err(PageFault::new(ErrorCause::InvalidRequest, why));
    // RFC 6749 s3.1, RFC 9101 s5: what is beside it does not count, and still has to be a request.
    if params.has_repetition() {
        return fault("a parameter is repeated");
    }
    if params.get("request").is_some() {
        return fault("there is more than one request object");
    }
    Ok(Some(digest_of(ours)))
}

/// Parameters as they are kept: they may hold a number or a token.
pub(in crate::endpoints) fn seal(keyring: &Keyring, tenant: &Tenant, params: &Params) -> Option<String> {
    keyring.seal(&tenant.id, Purpose::PushedRequest, &params.encode())
}

/// What this client pushed, and its parameters, if a flow may still begin with them. Whether they were never there, are over or
/// another client's is one answer.
pub(super) fn open(
    keyring: &Keyring,
    tenant: &Tenant,
    client: &Client,
    found: Option<PushedRequest>,
) -> Result<(PushedRequest, Params), PageFault> {
    let kept = found.filter(|kept| kept.client == client.id).and_then(|kept| {
        let encoded: String = keyring.open(&tenant.id, Purpose::PushedRequest, &kept.parameters)?;
        let params = Params::parse(encoded.as_bytes()).ok()?;
        Some((kept, params))
    });
    kept.ok_or_else(|| PageFault::stale(client))
}

/// Ends the pushed request that a request came from, if it did: of all flows that began with it, and of all answers of
/// one flow, the first has it. Answers whether that is the one of `nonce`.
pub(in crate::endpoints) async fn end(
    pushed: &dyn PushedRequests,
    tenant: &Tenant,
    request: &AuthorizationRequest,
    nonce: &[u8; 16],
    now: Timestamp,
) -> PortResult<bool> {
    match &request.pushed {
        Some(origin) => once_more(|| pushed.consume(&tenant.id, origin, nonce, now)).await,
        None => Ok(true),
    }
}
