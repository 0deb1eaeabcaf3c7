//! Which key the sender of a request holds (RFC 9449): reading the proof, its age, its nonce, and its one use.

use http::HeaderName;

use super::audit::{self, AuditEvent};
use crate::{
    jwt::{self, Proof, ProvenRequest},
    keyring::Keyring,
    model::{Client, NonceDemand, Tenant},
    ports::{Algorithm, Assertions, Clock, FirstUse},
    types::{Digest, JwkThumbprint, Timestamp},
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        respond,
    },
};

/// Carries the proof.
const HEADER: HeaderName = HeaderName::from_static("dpop");
/// Carries what the next proof should repeat.
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// By how many seconds a proof without a nonce may be old, and ahead of our clock.
const OLD: u64 = 60;
const AHEAD: u64 = 10;
/// By how many seconds the sender's clock may be wrong at all. Its nonce then says that the proof is new.
const WRONG: u64 = 300;

/// What taking proofs needs of an endpoint.
pub(super) struct Proofs<'a> {
    /// What was used before.
    pub(super) assertions: &'a dyn Assertions,
    /// Time.
    pub(super) clock: &'a dyn Clock,
    /// Nonces.
    pub(super) keyring: &'a Keyring,
}

/// A proof that is right for its request and fresh. Whether it is new, [`Proofs::use_up`] says.
pub(super) struct FreshProof {
    /// Whose key it is.
    pub(super) key: JwkThumbprint,
    algorithm: Algorithm,
    jti: String,
    until: Timestamp,
}

impl Proofs<'_> {
    /// The proof that came with a request to `path`. Stores nothing.
    pub(super) fn read(
        &self,
        tenant: &Tenant,
        request: &Request,
        path: &str,
        access_token: Option<&str>,
    ) -> Result<Option<FreshProof>, Fault> {
        let mut values = request.headers().get_all(HEADER).into_iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(invalid("more than one DPoP header"));
        }
        let of = ProvenRequest {
            method: request.method().as_str(),
            url: &tenant.issuer.at(path),
            access_token,
        };
        let proof = jwt::read_proof(value.to_str().unwrap_or_default(), of).map_err(invalid)?;
        let now = self.clock.now();
        let is_nonce = |nonce: &String| self.keyring.is_dpop_nonce(&tenant.id, nonce, now);
        let nonce = proof.nonce.as_ref().map(is_nonce);
        fresh(&proof, nonce, tenant.policy.dpop.nonce, now)?;
        Ok(Some(FreshProof {
            key: proof.key,
            algorithm: proof.algorithm,
            jti: proof.jti,
            until: Timestamp(proof.iat) + (WRONG + 1),
        }))
    }

    /// Takes a client's proof, once (RFC 9449 s11.1), if the client may sign so (FAPI 2.0 SP s5.4.1).
    pub(super) async fn use_up(
        &self,
        tenant: &Tenant,
        client: &Client,
        proof: &FreshProof,
    ) -> Result<JwkThumbprint, Fault> {
        if !client.signs_with(proof.algorithm) {
            return Err(invalid("alg of the proof must be ES256 or PS256 for this client"));
        }
        // No client id begins so: a proof cannot take the place of a client's assertion.
        let key = Digest::of(format!("\0dpop\0{}\0{}", proof.key, proof.jti).as_bytes());
        let first = self
            .assertions
            .use_once(&tenant.id, &key, proof.until, self.clock.now());
        match first.await? {
            FirstUse::Yes => Ok(proof.key),
            FirstUse::No => {
                audit::line(AuditEvent::ReplayRefused, tenant)
                    .client(&client.id)
                    .because("proof")
                    .write();
                Err(invalid("the proof was used before"))
            }
        }
    }

    /// Hands out the nonce of this moment to whoever sent a proof, right or wrong (RFC 9449 s8, s8.2).
    pub(super) fn with_nonce(&self, tenant: &Tenant, request: &Request, mut response: Response) -> Response {
        if request.headers().contains_key(HEADER) {
            let nonce = self.keyring.dpop_nonce(&tenant.id, self.clock.now());
            respond::put(&mut response, NONCE, &nonce);
        }
        response
    }
}

/// `invalid_dpop_proof`.
pub(super) const fn invalid(why: &'static str) -> Fault {
    Fault::new(ErrorCode::InvalidDpopProof, why)
}

/// Whether a proof is of this moment. `nonce` says whether the one in it is ours; `None`: there is none.
fn fresh(proof: &Proof, nonce: Option<bool>, demand: NonceDemand, now: Timestamp) -> Result<(), Fault> {
    let made = Timestamp(proof.iat);
    if now.0.abs_diff(made.0) > WRONG {
        return Err(invalid("iat of the proof is too far from this moment"));
    }
    let timely = now.seconds_since(made) <= OLD && made.seconds_since(now) <= AHEAD;
    match nonce {
        Some(true) => Ok(()),
        None if timely && demand == NonceDemand::Offered => Ok(()),
        _ => Err(Fault::new(
            ErrorCode::UseDpopNonce,
            "the proof must carry the nonce of DPoP-Nonce",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    fn outcome(iat: u64, nonce: Option<bool>, demand: NonceDemand) -> Option<ErrorCode> {
        let proof = Proof {
            key: JwkThumbprint::new(Digest::of(b"key")),
            algorithm: Algorithm::Es256,
            jti: "one".to_owned(),
            iat,
            nonce: None,
        };
        fresh(&proof, nonce, demand, Timestamp(NOW))
            .err()
            .map(|fault| fault.code)
    }

    #[test]
    fn a086_a088_a_proof_is_of_this_moment() {
        use {
            ErrorCode::{InvalidDpopProof as Invalid, UseDpopNonce as Nonce},
            NonceDemand::{Offered, Required},
        };
        for (iat, nonce, demand, expected) in [
            (NOW, None, Offered, None),
            (NOW + 10, None, Offered, None),
            (NOW - 60, None, Offered, None),
            // A clock that is wrong is told how to go on; one that is far off is not.
            (NOW + 11, None, Offered, Some(Nonce)),
            (NOW - 61, None, Offered, Some(Nonce)),
            (NOW + 301, None, Offered, Some(Invalid)),
            (NOW - 301, None, Offered, Some(Invalid)),
            (0, None, Offered, Some(Invalid)),
            (u64::MAX, None, Offered, Some(Invalid)),
            (NOW, None, Required, Some(Nonce)),
            (NOW, Some(true), Required, None),
            (NOW + 300, Some(true), Offered, None),
            (NOW - 300, Some(true), Required, None),
            (NOW + 301, Some(true), Offered, Some(Invalid)),
            (NOW - 3_600, Some(true), Offered, Some(Invalid)),
            // One that is not ours, or old.
            (NOW, Some(false), Offered, Some(Nonce)),
            (NOW, Some(false), Required, Some(Nonce)),
        ] {
            assert_eq!(
                outcome(iat, nonce, demand),
                expected,
                "{iat} {nonce:?} {demand:?}"
            );
        }
    }
}
