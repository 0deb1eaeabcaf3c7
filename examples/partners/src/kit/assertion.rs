//! `private_key_jwt`: the client proves itself with a signature (RFC 7523 s3, OIDC Core s9).

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde::Serialize;

use crate::{SettingsError, kit::store::random_id};

/// The `client_assertion_type` of a signed JWT.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Short, because an assertion is made for one call.
const LIFETIME: u64 = 60;

/// Signs client assertions with an EC P-256 key.
pub(crate) struct AssertionSigner {
    client_id: String,
    issuer: String,
    header: Header,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: u64,
    exp: u64,
}

impl AssertionSigner {
    pub(crate) fn new(client_id: &str, issuer: &str, pem: &str, kid: &str) -> Result<Self, SettingsError> {
        let invalid = |_| SettingsError::new("signing_key_pem", "not an EC P-256 private key in PKCS#8 PEM");
        let der =
            PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| invalid(error.to_string()))?;
        let signer = Self {
            client_id: client_id.to_owned(),
            issuer: issuer.to_owned(),
            header: Header {
                kid: Some(kid.to_owned()),
                ..Header::new(Algorithm::ES256)
            },
            key: EncodingKey::from_ec_der(der.secret_pkcs8_der()),
        };
        // The library looks into the key only when it signs; better to fail at the start than at the first visitor.
        signer.assertion(0).map_err(|error| invalid(error.to_string()))?;
        Ok(signer)
    }

    /// A fresh assertion. The audience is the issuer itself, so it is worthless at any other server.
    pub(crate) fn assertion(&self, now: u64) -> jsonwebtoken::errors::Result<String> {
        let claims = Claims {
            iss: &self.client_id,
            sub: &self.client_id,
            aud: &self.issuer,
            jti: random_id(),
            iat: now,
            exp: now.saturating_add(LIFETIME),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{DecodingKey, Validation};
    use p256::pkcs8::{EncodePrivateKey, LineEnding};
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_assertion_names_its_client_and_one_server_for_a_minute() {
        let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        let signer = AssertionSigner::new("shopease", "http://auth.example", &pem, "k1").unwrap();
        let point = p256::elliptic_curve::sec1::ToEncodedPoint::to_encoded_point(&secret.public_key(), false);
        let [x, y] = [point.x(), point.y()].map(|half| URL_SAFE_NO_PAD.encode(half.unwrap()));
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["http://auth.example"]);
        validation.validate_exp = false;
        let read = |token: String| {
            let key = DecodingKey::from_ec_components(&x, &y).unwrap();
            jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap()
        };
        let (first, second) = (
            read(signer.assertion(1000).unwrap()),
            read(signer.assertion(1000).unwrap()),
        );
        assert_eq!(first.header.kid.as_deref(), Some("k1"));
        assert_eq!(
            (&first.claims["iss"], &first.claims["sub"]),
            (&"shopease".into(), &"shopease".into())
        );
        assert_eq!(
            (&first.claims["iat"], &first.claims["exp"]),
            (&1000.into(), &1060.into())
        );
        assert_ne!(first.claims["jti"], second.claims["jti"]);
    }

    #[test]
    fn a_broken_key_stops_the_start() {
        let rubbish = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for pem in ["", rubbish] {
            assert!(AssertionSigner::new("shopease", "http://auth.example", pem, "k1").is_err());
        }
    }
}
