#![expect(
    clippy::disallowed_types,
    reason = "the key generators of these crates take their own trait, not our port"
)]

use p256::SecretKey;
use rand_core::OsRng;
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey, SecretDocument},
};
use symbolon::ports::Algorithm;

use super::KeyError;

/// Bits of a new RSA modulus: what RFC 7518 s3.3 asks at least, and what every verifier takes.
const RSA_BITS: usize = 2048;

/// A new private key for the algorithm: PKCS#8 DER, wiped from memory when dropped.
pub(super) fn generate(algorithm: Algorithm) -> Result<SecretDocument, KeyError> {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => RsaPrivateKey::new(&mut OsRng, RSA_BITS)
            .map_err(|_| KeyError::Generate("RSA"))?
            .to_pkcs8_der(),
        Algorithm::Es256 => SecretKey::random(&mut OsRng).to_pkcs8_der(),
    }
    .map_err(|_| KeyError::Generate("its PKCS#8 form"))
}
