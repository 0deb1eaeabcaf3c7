//! Verification of ID tokens: by the library, with our clock and our list of algorithms.

use std::sync::Arc;

use chrono::DateTime;
use openidconnect::{
    AccessToken, AccessTokenHash, Nonce,
    core::{CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm},
};

use super::provider::{Client, Failure};
use crate::Clock;

/// The claims, if all of OIDC Core s3.1.3.7 holds and `at_hash`, when there is one, is this access token's.
pub(crate) fn verify(
    client: &Client,
    clock: &Clock,
    id_token: &CoreIdToken,
    access_token: &AccessToken,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, Failure> {
    let clock = Arc::clone(clock);
    let verifier = client
        .id_token_verifier()
        // A symmetric algorithm or `none` is never acceptable, whatever discovery says.
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ])
        .set_time_fn(move || {
            i64::try_from(clock())
                .ok()
                .and_then(|s| DateTime::from_timestamp(s, 0))
                .unwrap_or(DateTime::UNIX_EPOCH)
        });
    let claims = id_token
        .claims(&verifier, nonce)
        .map_err(|error| untrusted(&error))?;
    if let Some(expected) = claims.access_token_hash() {
        let alg = id_token.signing_alg().map_err(|error| untrusted(&error))?;
        let key = id_token
            .signing_key(&verifier)
            .map_err(|error| untrusted(&error))?;
        let actual = AccessTokenHash::from_token(access_token, alg, key).map_err(|e| untrusted(&e))?;
        if actual != *expected {
            return Err(Failure::Untrusted);
        }
    }
    Ok(claims.clone())
}

fn untrusted(error: &dyn std::error::Error) -> Failure {
    tracing::warn!(%error, source = error.source(), "ID token refused");
    Failure::Untrusted
}
