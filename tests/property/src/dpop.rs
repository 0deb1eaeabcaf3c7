//! Proofs of possession (RFC 9449 s4.3), which bring their own key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use symbolon::jwt::{Proof, ProvenRequest, read_proof};
use url::Url;

use crate::{changed, jwt::Own};

const HERE: ProvenRequest<'_> = ProvenRequest {
    method: "POST",
    url: "https://a.tld/oauth2/token",
    access_token: None,
};
const TOKEN: &str = "an access token";

/// What the key is made of; in JSON, what header and claims have instead of those of a good proof (`null` is none); and a
/// whole proof that somebody presents: one a line.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [secret, header, claims, presented] = crate::lines(text);
    let Some(own) = Own::of(secret) else { return };
    assert!(read_proof(presented, HERE).is_err(), "{presented}");
    let good = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": own.jwk() });
    let asked = json!({ "jti": "1", "htm": "POST", "htu": HERE.url, "iat": 9, "ath": hash(TOKEN) });
    let (Some(header), Some(claims)) = (changed(good, header), changed(asked, claims)) else {
        return;
    };
    let proof = own.token(
        &Value::Object(header.clone()).to_string(),
        &Value::Object(claims.clone()).to_string(),
    );
    for access_token in [None, Some(TOKEN)] {
        let of = ProvenRequest { access_token, ..HERE };
        if let Ok(read) = read_proof(&proof, of) {
            is_signed_by_the_key_it_brings(&header, &read, &own);
            is_for_this_request(&claims, &read, of);
            is_for_no_other(&proof, of);
        }
    }
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// Named by its thumbprint (RFC 7638), however it was spelt; and public.
fn is_signed_by_the_key_it_brings(header: &Map<String, Value>, read: &Proof, own: &Own) {
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("dpop+jwt"), &json!("ES256"))
    );
    assert_eq!(header.get("crit"), None, "RFC 7515 s4.1.11");
    let (brought, ours) = (&header["jwk"], own.jwk());
    for member in ["kty", "crv", "x", "y"] {
        assert_eq!(brought[member], ours[member]);
    }
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(brought.get(member), None);
    }
    let thumbprint = format!(
        r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
        ours["x"], ours["y"]
    );
    assert_eq!(read.key.to_string(), hash(&thumbprint));
}

fn is_for_this_request(claims: &Map<String, Value>, read: &Proof, of: ProvenRequest<'_>) {
    assert_eq!(
        (&claims["htm"], &claims["jti"]),
        (&json!(of.method), &json!(read.jti))
    );
    assert!(!read.jti.is_empty());
    assert_eq!(crate::seconds(&claims["iat"]), read.iat);
    assert_eq!(
        claims.get("nonce"),
        read.nonce.as_ref().map(|nonce| json!(nonce)).as_ref()
    );
    let written = claims["htu"].as_str().unwrap();
    let begins = |with: &&str| written.to_ascii_lowercase().starts_with(with);
    assert!(
        ["https://a.tld/", "https://a.tld:443/", "https://a.tld:/"]
            .iter()
            .any(begins),
        "{written}"
    );
    let said = Url::parse(written).unwrap();
    assert_eq!(
        (said.scheme(), said.host_str(), said.port()),
        ("https", Some("a.tld"), None)
    );
    assert_eq!(
        (said.path(), said.username(), said.password()),
        ("/oauth2/token", "", None)
    );
    if let Some(token) = of.access_token {
        assert_eq!(claims["ath"], json!(hash(token)));
    }
}

fn is_for_no_other(proof: &str, of: ProvenRequest<'_>) {
    for other in [
        ProvenRequest { method: "GET", ..of },
        ProvenRequest { method: "post", ..of },
        ProvenRequest {
            url: "https://b.tld/oauth2/token",
            ..of
        },
        ProvenRequest {
            url: "http://a.tld/oauth2/token",
            ..of
        },
        ProvenRequest {
            url: "https://a.tld/userinfo",
            ..of
        },
        ProvenRequest {
            access_token: Some("another"),
            ..of
        },
    ] {
        assert!(read_proof(proof, other).is_err(), "{other:?}");
    }
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let at = proof.len() % bytes.len();
    bytes[at] ^= 1;
    assert!(read_proof(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes)), of).is_err());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said of every proof that is taken would be said of none otherwise.
    #[test]
    fn rfc9449_4_3_a_good_proof_is_taken() {
        let own = Own::of("k").unwrap();
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": own.jwk() });
        let claims = json!({ "jti": "1", "htm": "POST", "htu": HERE.url, "iat": 9, "ath": hash(TOKEN) });
        let proof = own.token(&header.to_string(), &claims.to_string());
        let of = ProvenRequest {
            access_token: Some(TOKEN),
            ..HERE
        };
        assert!(read_proof(&proof, HERE).is_ok() && read_proof(&proof, of).is_ok());
    }

    proptest! {
        #![proptest_config(crate::quick(96))]

        #[test]
        fn rfc9449_4_3_a_proof_is_for_one_request(
            htu in "(https://|https://|https://|http://| https://|https:/|https:///|https://@)(A|a|b)\\.tld(:0?443|:80|:)?/(oauth2|%6fauth2|x/\\.\\./oauth2)/token/?(\\?[a-c]{0,2})?(#a)?",
            name in "jti|htm|iat|ath|nonce|[a-c]", value in "null|\"\"|\"(POST|GET|post|a)\"|-?[0-9]{1,3}(\\.[0-9])?|\\[\"POST\"\\]",
        ) {
            holds(format!("k\n\n{{\"htu\":\"{htu}\"}}").as_bytes());
            holds(format!("k\n\n{{\"{name}\":{value}}}").as_bytes());
        }

        #[test]
        fn rfc9449_4_2_a_proof_brings_a_public_key_and_signs_with_it(
            name in "typ|alg|jwk|crit|kid|jku", private in "d|k|oth|kid|use",
            value in "null|\"(dpop\\+jwt|JWT|DPOP\\+JWT|none|HS256|RS256|ES256)\"|\\[\\]|\\{\\}|\\[\"exp\"\\]",
            secret in "[a-c]{1,2}",
        ) {
            holds(format!("{secret}\n{{\"{name}\":{value}}}").as_bytes());
            let mut jwk = Own::of(&secret).unwrap().jwk();
            jwk[private] = json!("AQ");
            holds(format!("{secret}\n{{\"jwk\":{jwk}}}").as_bytes());
            let other = Own::of("other").unwrap().jwk();
            holds(format!("{secret}\n{{\"jwk\":{other}}}").as_bytes());
        }
    }
}
