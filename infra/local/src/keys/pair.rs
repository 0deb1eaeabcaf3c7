#![expect(
    clippy::disallowed_types,
    reason = "the key generators of these crates take their own trait, not our port"
)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, signature::hazmat::PrehashSigner};
use rand_core::OsRng;
use rsa::{
    Pkcs1v15Sign, Pss, RsaPrivateKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
    sha2::Sha256,
    traits::PublicKeyParts,
};
use symbolon::{
    ports::{Algorithm, PublicKey},
    types::{Digest, KeyId},
};

use super::KeyError;

/// Bits of a new RSA modulus: what RFC 7518 s3.3 asks at least, and what every verifier takes.
const RSA_BITS: usize = 2048;

/// One private key and the one algorithm it signs with.
///
/// The port hands over a digest, as KMS takes one. `ring` signs whole messages only, so RSA is the `rsa` crate's,
/// with blinding: without it, the time of a signature tells of the key.
pub(super) enum KeyPair {
    Rs256(RsaPrivateKey),
    Ps256(RsaPrivateKey),
    Es256(p256::ecdsa::SigningKey),
}

impl KeyPair {
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let rsa = || RsaPrivateKey::new(&mut OsRng, RSA_BITS).map_err(|_| KeyError::Generate("RSA"));
        Ok(match algorithm {
            Algorithm::Rs256 => Self::Rs256(rsa()?),
            Algorithm::Ps256 => Self::Ps256(rsa()?),
            Algorithm::Es256 => Self::Es256(p256::ecdsa::SigningKey::random(&mut OsRng)),
        })
    }

    /// Reads PKCS#8 DER; `None` if it is not a private key for this algorithm.
    pub(super) fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        let rsa = || RsaPrivateKey::from_pkcs8_der(der).ok();
        Some(match algorithm {
            Algorithm::Rs256 => Self::Rs256(rsa()?),
            Algorithm::Ps256 => Self::Ps256(rsa()?),
            Algorithm::Es256 => Self::Es256(p256::ecdsa::SigningKey::from_pkcs8_der(der).ok()?),
        })
    }

    /// PKCS#8 DER, wiped from memory when dropped.
    pub(super) fn to_pkcs8(&self) -> Result<rsa::pkcs8::SecretDocument, KeyError> {
        match self {
            Self::Rs256(key) | Self::Ps256(key) => key.to_pkcs8_der(),
            Self::Es256(key) => key.to_pkcs8_der(),
        }
        .map_err(|_| KeyError::Generate("its PKCS#8 form"))
    }

    /// Signs a SHA-256 digest; `None` if the key cannot.
    pub(super) fn sign(&self, digest: &[u8; 32]) -> Option<Vec<u8>> {
        match self {
            Self::Rs256(key) => key
                .sign_with_rng(&mut OsRng, Pkcs1v15Sign::new::<Sha256>(), digest)
                .ok(),
            Self::Ps256(key) => key
                .sign_with_rng(&mut OsRng, Pss::new_blinded::<Sha256>(), digest)
                .ok(),
            Self::Es256(key) => {
                let signature: Signature = key.sign_prehash(digest).ok()?;
                Some(signature.to_bytes().to_vec())
            }
        }
    }

    /// The public half, named by its thumbprint (RFC 7638).
    pub(super) fn public(&self) -> PublicKey {
        match self {
            Self::Rs256(key) => rsa_public(key, Algorithm::Rs256),
            Self::Ps256(key) => rsa_public(key, Algorithm::Ps256),
            Self::Es256(key) => p256_public(key),
        }
    }
}

fn rsa_public(key: &RsaPrivateKey, algorithm: Algorithm) -> PublicKey {
    let n = URL_SAFE_NO_PAD.encode(key.n().to_bytes_be());
    let e = URL_SAFE_NO_PAD.encode(key.e().to_bytes_be());
    let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
    PublicKey::Rsa { kid, algorithm, n, e }
}

fn p256_public(key: &p256::ecdsa::SigningKey) -> PublicKey {
    let point = key.verifying_key().to_encoded_point(false);
    let coordinate = |c: Option<&p256::FieldBytes>| c.map(|c| URL_SAFE_NO_PAD.encode(c)).unwrap_or_default();
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    let kid = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
    PublicKey::P256 { kid, x, y }
}

/// SHA-256 of the required members in lexical order, in base64url (RFC 7638 s3).
fn thumbprint(members: &str) -> KeyId {
    KeyId::new(Digest::of(members.as_bytes()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc7638_section_3_1_vector() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4\
                 n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z\
                 gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
                 Cur-kEgU8awapJzKnqDKgw";
        let kid = thumbprint(&format!(r#"{{"e":"AQAB","kty":"RSA","n":"{n}"}}"#));
        assert_eq!(kid.as_str(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
