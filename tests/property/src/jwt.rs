//! Tokens that come back, and client assertions (RFC 7515, RFC 7519, RFC 7523, RFC 8725).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use jsonwebtoken::jwk::Jwk;
use p256::ecdsa::{Signature, SigningKey as Pair, signature::hazmat::PrehashSigner};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use symbolon::{
    jwt::{
        ACCESS_TOKEN, ID_TOKEN, Unsigned, VerificationKey, read_id_token_hint, verification_keys,
        verify_assertion, verify_own,
    },
    ports::{Algorithm, PublicKey, SigningKey},
    types::KeyId,
};

const ISSUER: &str = "https://a.tld";
const KID: &str = "own";
/// Longest token that is looked at.
const LONGEST: usize = 8 * 1024;
/// The RSA key of RFC 7517 A.1, whose private half nobody here has.
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4\
                 n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z\
                 gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
                 Cur-kEgU8awapJzKnqDKgw";

/// What a key is made of, a header, claims, and a whole token that somebody presents: one a line.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [secret, header, claims, presented] = crate::lines(text);
    let Some(own) = Own::of(secret) else { return };
    is_never_forged(&own, presented);
    if let Ok(claims) = serde_json::from_str::<Map<String, Value>>(claims) {
        is_taken_as_what_it_is(&own, &claims);
    }
    is_bound_to_its_header(&own, header, claims);
}

/// One P-256 key, as the provider publishes it and as a client registers it.
pub(crate) struct Own {
    pair: Pair,
    published: Vec<VerificationKey>,
    registered: Vec<VerificationKey>,
    public: [String; 2],
}

impl Own {
    pub(crate) fn of(secret: &str) -> Option<Self> {
        let pair = Pair::from_bytes(&Sha256::digest(secret)).ok()?;
        let point = pair.verifying_key().to_encoded_point(false);
        let [x, y] = [point.x()?, point.y()?].map(|c| URL_SAFE_NO_PAD.encode(c));
        let rsa = |kid: &str, algorithm| PublicKey::Rsa {
            kid: KeyId::new(kid),
            algorithm,
            n: N.to_owned(),
            e: "AQAB".to_owned(),
        };
        let own = PublicKey::P256 {
            kid: KeyId::new(KID),
            x: x.clone(),
            y: y.clone(),
        };
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": KID });
        let other = json!({ "kty": "RSA", "n": N, "e": "AQAB" });
        let registered =
            [jwk, other].map(|jwk| VerificationKey::of_client(&serde_json::from_value::<Jwk>(jwk).unwrap()));
        Some(Self {
            pair,
            published: verification_keys(&[rsa("r", Algorithm::Rs256), own, rsa("p", Algorithm::Ps256)]),
            registered: registered.into_iter().flatten().collect(),
            public: [x, y],
        })
    }

    /// The key as its owner registers it.
    pub(crate) fn jwk(&self) -> Value {
        let [x, y] = &self.public;
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": KID })
    }

    /// A token of this header and these claims, whatever they are.
    pub(crate) fn token(&self, header: &str, claims: &str) -> String {
        let [head, body] = [header, claims].map(|text| URL_SAFE_NO_PAD.encode(text));
        let signed = format!("{head}.{body}");
        let signature = self.sign(&Sha256::digest(&signed).into());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        let signature: Signature = self.pair.sign_prehash(digest).unwrap();
        signature.to_bytes().to_vec()
    }

    /// Whoever takes it, in whatever role.
    fn takes(&self, token: &str) -> bool {
        let own = |typ| verify_own::<Value>(token, typ, &self.published).is_some();
        own(ACCESS_TOKEN) || own(ID_TOKEN) || self.takes_assertion(token)
    }

    fn takes_assertion(&self, token: &str) -> bool {
        verify_assertion(token, &self.registered).is_some()
    }
}

/// Nobody who lacks the key has a token; nor does a shared secret made of what is public (RFC 8725 s2.1).
fn is_never_forged(own: &Own, presented: &str) {
    assert!(!own.takes(presented), "{presented}");
    if let Some((signed, _)) = presented.rsplit_once('.') {
        let [x, y] = &own.public;
        for secret in [N, x, &format!("{x}{y}"), ""] {
            let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(signed.as_bytes());
            let forged = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
            assert!(!own.takes(&format!("{signed}.{forged}")));
        }
        assert!(!own.takes(&format!("{signed}.")));
    }
}

/// A token of ours reads as it was written, in its own role only, and no bit of its signature may change.
fn is_taken_as_what_it_is(own: &Own, claims: &Map<String, Value>) {
    let key = SigningKey {
        kid: KeyId::new(KID),
        algorithm: Algorithm::Es256,
    };
    let unsigned = Unsigned::new(&key, ACCESS_TOKEN, claims).unwrap();
    let mut signature = own.sign(&unsigned.digest());
    let token = unsigned.with_signature(&signature);
    let written: Value = serde_json::from_slice(&serde_json::to_vec(claims).unwrap()).unwrap();
    let read = verify_own::<Value>(&token, ACCESS_TOKEN, &own.published);
    if token.len() <= LONGEST && is_usual(claims) {
        assert_eq!(read.as_ref(), Some(&written));
    }
    assert!(token.len() <= LONGEST || read.is_none());
    assert!(read.is_none_or(|read| read == written));
    assert_eq!(verify_own::<Value>(&token, ID_TOKEN, &own.published), None);
    assert!(read_id_token_hint(&token, ISSUER, &own.published).is_none());
    let (signed, _) = token.rsplit_once('.').unwrap();
    let at = token.len() % signature.len();
    signature[at] ^= 1;
    assert!(!own.takes(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature))));

    let unsigned = Unsigned::new(&key, ID_TOKEN, claims).unwrap();
    let signature = own.sign(&unsigned.digest());
    let hint = unsigned.with_signature(&signature);
    assert_eq!(verify_own::<Value>(&hint, ACCESS_TOKEN, &own.published), None);
    if let Some(read) = read_id_token_hint(&hint, ISSUER, &own.published) {
        let said = |name: &str| written[name].as_str().unwrap();
        assert_eq!((said("iss"), &*read.iss), (ISSUER, ISSUER));
        assert_eq!((said("sub"), said("aud")), (&*read.sub, &*read.aud));
    }
}

/// No claim that a library knows has an odd type: those are refused even where nobody looks at them.
fn is_usual(claims: &Map<String, Value>) -> bool {
    let fits =
        |names: &[&str], kind: fn(&Value) -> bool| names.iter().all(|n| claims.get(*n).is_none_or(kind));
    fits(&["exp", "nbf", "iat"], Value::is_u64) && fits(&["iss", "sub", "aud", "jti"], Value::is_string)
}

/// Signed by the right key, under a header that somebody else chose.
fn is_bound_to_its_header(own: &Own, header: &str, claims: &str) {
    let token = own.token(header, claims);
    let said: Value = serde_json::from_str(header).unwrap_or_default();
    for typ in [ACCESS_TOKEN, ID_TOKEN] {
        if verify_own::<Value>(&token, typ, &own.published).is_some() {
            assert_eq!(
                (&said["alg"], &said["typ"], &said["kid"]),
                (&json!("ES256"), &json!(typ), &json!(KID))
            );
            assert!(said["crit"].is_null(), "RFC 7515 s4.1.11: {header}");
        }
    }
    if let Some(read) = verify_assertion(&token, &own.registered) {
        assert_eq!(said["alg"], json!("ES256"));
        assert!(said["kid"].is_null() || said["kid"] == json!(KID));
        assert!(said["crit"].is_null(), "RFC 7515 s4.1.11: {header}");
        let written: Value = serde_json::from_str(claims).unwrap();
        assert_eq!(
            (&written["iss"], &written["sub"]),
            (&json!(read.iss), &json!(read.sub))
        );
        assert_eq!((&written["aud"], &written["jti"]), (&read.aud, &json!(read.jti)));
        assert_eq!(crate::seconds(&written["exp"]), read.exp.0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(64))]

        #[test]
        fn tk1_a_header_decides_nothing(
            alg in "ES256|RS256|PS256|HS256|none|ES384", typ in "JWT|at\\+jwt|jwt", kid in "own|r|p|x",
            more in "|,\"crit\":\\[\"b64\"\\]|,\"crit\":\\[\\]|,\"kid\":\"r\"|,\"jku\":\"https://x\"", sub in "[a-c\"]{0,3}",
        ) {
            let header = format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}"{more}}}"#);
            let claims = format!(r#"{{"iss":"{ISSUER}","sub":"{sub}","aud":"app","jti":"1","exp":9}}"#);
            let [head, body] = [&header, &claims].map(|text| URL_SAFE_NO_PAD.encode(text));
            holds(format!("{alg}\n{header}\n{claims}\n{head}.{body}.AAAA").as_bytes());
        }

        #[test]
        fn tk2_claims_are_read_as_written(
            aud in "\"app\"|\\[\"app\"\\]|1", exp in "-?[0-9]{1,20}(\\.5|e3)?", text in "\\PC{0,9}",
        ) {
            let iss = json!(if text.len() % 2 == 0 { ISSUER } else { &text });
            let claims = format!(r#"{{"iss":{iss},"sub":{},"aud":{aud},"jti":"","exp":{exp}}}"#, json!(text));
            holds(format!("k\n{{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"own\"}}\n{claims}").as_bytes());
        }

        #[test]
        fn tk1_any_text_is_no_token(text in "[A-Za-z0-9_.-]{0,60}|e30\\.e30\\.[A-Za-z0-9_-]{86}|\\PC{0,20}") {
            holds(format!("\n\n\n{text}").as_bytes());
        }
    }
}
