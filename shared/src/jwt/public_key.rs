//! Public keys on their way from DER into a JWKS.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use p256::{EncodedPoint, FieldBytes, ecdsa::VerifyingKey};
use rsa::{BigUint, RsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};

use crate::{
    ports::{Algorithm, PublicKey},
    types::{Digest, KeyId},
};

/// Bits of an RSA modulus that RFC 7518 s3.3 asks at least.
const RSA_BITS: usize = 2048;

/// Reads a `SubjectPublicKeyInfo` in DER (RFC 5280 s4.1), as KMS gives it; `None` if it is not a key for this
/// algorithm. The key's name is its thumbprint.
pub fn public_key(algorithm: Algorithm, spki: &[u8]) -> Option<PublicKey> {
    Some(match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => {
            let key = RsaPublicKey::from_public_key_der(spki)
                .ok()
                .filter(is_long_enough)?;
            of_rsa(&key, algorithm)
        }
        Algorithm::Es256 => of_p256(&VerifyingKey::from_public_key_der(spki).ok()?),
    })
}

/// Whether a JWK is what it says and strong: RSA of 2048 bits at least, leading zeros not counted, and no more than
/// is verified with (4096); or a point of P-256 (RFC 7518 s6.2, s6.3).
pub(super) fn is_sound(jwk: &Jwk) -> bool {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) => rsa_of(&rsa.n, &rsa.e).as_ref().is_some_and(is_long_enough),
        AlgorithmParameters::EllipticCurve(point) => {
            point.curve == EllipticCurve::P256 && is_on_curve(&point.x, &point.y).unwrap_or(false)
        }
        _ => false,
    }
}

fn rsa_of(n: &str, e: &str) -> Option<RsaPublicKey> {
    let number = |text: &str| Some(BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).ok()?));
    RsaPublicKey::new(number(n)?, number(e)?).ok()
}

fn is_on_curve(x: &str, y: &str) -> Option<bool> {
    let coordinate = |text: &str| <[u8; 32]>::try_from(URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let (x, y) = (coordinate(x)?, coordinate(y)?);
    let point = EncodedPoint::from_affine_coordinates(&x.into(), &y.into(), false);
    Some(VerifyingKey::from_encoded_point(&point).is_ok())
}

pub(super) fn is_long_enough(key: &impl PublicKeyParts) -> bool {
    key.n().bits() >= RSA_BITS
}

pub(super) fn of_rsa(key: &impl PublicKeyParts, algorithm: Algorithm) -> PublicKey {
    let n = URL_SAFE_NO_PAD.encode(key.n().to_bytes_be());
    let e = URL_SAFE_NO_PAD.encode(key.e().to_bytes_be());
    let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
    PublicKey::Rsa { kid, algorithm, n, e }
}

pub(super) fn of_p256(key: &VerifyingKey) -> PublicKey {
    let point = key.to_encoded_point(false);
    let coordinate = |c: Option<&FieldBytes>| c.map(|c| URL_SAFE_NO_PAD.encode(c)).unwrap_or_default();
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

    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4\
                     n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z\
                     gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
                     Cur-kEgU8awapJzKnqDKgw";
    const X: &str = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
    const Y: &str = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA";

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_hexdigit)
            .map(|c| char::from(c).to_digit(16).unwrap().try_into().unwrap())
            .collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// `SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { n, 65537 } } }`, written by hand.
    fn rsa_spki() -> Vec<u8> {
        let before = "30820122 300d 06092a864886f70d010101 0500 0382010f00 3082010a 0282010100";
        let n = URL_SAFE_NO_PAD.decode(N).unwrap();
        [hex(before), n, hex("0203 010001")].concat()
    }

    /// `SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING { 4 ‖ x ‖ y } }`, written by hand.
    fn p256_spki() -> Vec<u8> {
        let before = "3059 3013 06072a8648ce3d0201 06082a8648ce3d030107 034200 04";
        let [x, y] = [X, Y].map(|c| URL_SAFE_NO_PAD.decode(c).unwrap());
        [hex(before), x, y].concat()
    }

    #[test]
    fn rfc7638_section_3_1_vector() {
        let expected = PublicKey::Rsa {
            kid: KeyId::new("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            algorithm: Algorithm::Ps256,
            n: N.to_owned(),
            e: "AQAB".to_owned(),
        };
        assert_eq!(public_key(Algorithm::Ps256, &rsa_spki()), Some(expected));
    }

    /// The key of the proofs in RFC 9449 s4.1, its thumbprint in s6.1.
    #[test]
    fn rfc9449_section_6_1_vector() {
        let expected = PublicKey::P256 {
            kid: KeyId::new("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
            x: X.to_owned(),
            y: Y.to_owned(),
        };
        assert_eq!(public_key(Algorithm::Es256, &p256_spki()), Some(expected));
    }

    /// Found by the properties of `tests/property/src/jwk.rs`.
    #[test]
    fn rfc7518_section_6_a_jwk_is_measured_by_its_numbers() {
        let sound = |jwk: serde_json::Value| is_sound(&serde_json::from_value(jwk).unwrap());
        let rsa = |n: &str, e: &str| sound(serde_json::json!({ "kty": "RSA", "n": n, "e": e }));
        let p256 =
            |x: &str, y: &str| sound(serde_json::json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }));
        assert!(rsa(N, "AQAB") && p256(X, Y));
        // 342 characters, most of them zeros.
        assert!(!rsa(&("A".repeat(300) + &N[..42]), "AQAB"));
        // 6144 bits: no signature of it would be verified.
        assert!(!rsa(&"_".repeat(1024), "AQAB"));
        assert!(!rsa(N, "") && !rsa(N, "AQ") && !rsa("!", "AQAB"));
        assert!(!p256(X, X) && !p256(X, "") && !p256(&format!("AAAA{X}"), Y) && !p256("!", Y));
    }

    #[test]
    fn a_key_of_another_kind_and_a_damaged_one_are_refused() {
        assert_eq!(public_key(Algorithm::Es256, &rsa_spki()), None);
        assert_eq!(public_key(Algorithm::Rs256, &p256_spki()), None);
        let mut off_the_curve = p256_spki();
        *off_the_curve.last_mut().unwrap() ^= 1;
        assert_eq!(public_key(Algorithm::Es256, &off_the_curve), None);
        assert_eq!(public_key(Algorithm::Rs256, &rsa_spki()[..290]), None);
    }
}
