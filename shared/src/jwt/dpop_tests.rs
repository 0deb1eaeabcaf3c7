use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;

use super::*;

const HEADER: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZ\
                      OXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIs\
                      ImNydiI6IlAtMjU2In19";

fn thumbprint(text: &str) -> JwkThumbprint {
    JwkThumbprint::parse(text).unwrap()
}

/// Figures 1 and 2, the key's name from s6.1.
#[test]
fn rfc9449_section_4_1_vector() {
    let proof = format!(
        "{HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2Vu\
         IiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    );
    let request = ProvenRequest {
        method: "POST",
        url: "https://server.example.com/token",
        access_token: None,
    };
    let expected = Proof {
        key: thumbprint("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
        algorithm: Algorithm::Es256,
        jti: "-BwC3ESc6acc2lTc".to_owned(),
        iat: 1_562_262_616,
        nonce: None,
    };
    assert_eq!(read_proof(&proof, request), Ok(expected));
    let damaged = proof.replace("3Lg", "3Lw");
    assert!(read_proof(&damaged, request).is_err());
}

/// Figures 12 and 13.
#[test]
fn rfc9449_section_7_1_vector() {
    let proof = format!(
        "{HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90\
         ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2\
         oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
    );
    let with = |access_token| ProvenRequest {
        method: "GET",
        url: "https://resource.example.org/protectedresource",
        access_token,
    };
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    assert_eq!(read_proof(&proof, with(Some(token))).unwrap().iat, 1_562_262_618);
    assert!(read_proof(&proof, with(Some("another"))).is_err());
}

const TOKEN_URL: &str = "https://auth.brand.tld/oauth2/token";

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn jwk() -> Value {
    let point = key().verifying_key().to_encoded_point(false);
    let [x, y] = [point.x(), point.y()].map(|c| URL_SAFE_NO_PAD.encode(c.unwrap()));
    json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
}

fn claims() -> Value {
    json!({"jti": "one", "htm": "POST", "htu": TOKEN_URL, "iat": 1, "nonce": "n"})
}

fn header_with(jwk: impl Into<Value>) -> Value {
    json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk.into()})
}

/// `of` with a member replaced; null takes it away.
fn with(mut of: Value, name: &str, value: Value) -> Value {
    of[name] = value;
    of.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    of
}

fn signed(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signature: Signature = key().sign(format!("{header}.{claims}").as_bytes());
    format!(
        "{header}.{claims}.{}",
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    )
}

fn read(proof: &str) -> Result<Proof, &'static str> {
    let request = ProvenRequest {
        method: "POST",
        url: TOKEN_URL,
        access_token: None,
    };
    read_proof(proof, request)
}

fn by_header(header: &Value) -> Result<Proof, &'static str> {
    read(&signed(header, &claims()))
}

fn by_claims(claims: &Value) -> Result<Proof, &'static str> {
    read(&signed(&header_with(jwk()), claims))
}

#[test]
fn a086_only_a_signed_proof_of_a_public_key_is_one() {
    assert_eq!(by_claims(&claims()).unwrap().nonce.as_deref(), Some("n"));
    let good = header_with(jwk());
    for (case, header) in [
        ("no typ", with(good.clone(), "typ", Value::Null)),
        ("another typ", with(good.clone(), "typ", "JWT".into())),
        ("none", with(good.clone(), "alg", "none".into())),
        ("HMAC", with(good.clone(), "alg", "HS256".into())),
        ("another curve's alg", with(good.clone(), "alg", "ES384".into())),
        ("another kind's alg", with(good.clone(), "alg", "RS256".into())),
        ("crit", with(good.clone(), "crit", json!(["exp"]))),
        ("no jwk", with(good.clone(), "jwk", Value::Null)),
        (
            "jwk by reference",
            with(
                with(good.clone(), "jwk", Value::Null),
                "jku",
                "https://evil.tld/".into(),
            ),
        ),
        ("another curve", header_with(with(jwk(), "crv", "P-384".into()))),
        ("off the curve", header_with(with(jwk(), "y", jwk()["x"].clone()))),
        ("half a point", header_with(with(jwk(), "y", Value::Null))),
        ("symmetric", header_with(json!({"kty": "oct", "k": "AAAA"}))),
    ] {
        assert!(by_header(&header).is_err(), "{case}");
    }
    for private in PRIVATE {
        assert!(
            by_header(&header_with(with(jwk(), private, "AA".into()))).is_err(),
            "{private}"
        );
    }
}

#[test]
fn tk4_other_headers_decide_nothing() {
    let plain = by_header(&header_with(jwk())).unwrap();
    let decorated = ["kid", "jku", "x5u"]
        .into_iter()
        .fold(header_with(jwk()), |header, name| {
            with(header, name, "https://evil.tld/key".into())
        });
    assert_eq!(by_header(&decorated), Ok(plain));
}

#[test]
fn a086_a_proof_is_for_one_method_and_address() {
    for (case, claims) in [
        ("no jti", with(claims(), "jti", Value::Null)),
        ("empty jti", with(claims(), "jti", "".into())),
        ("no htm", with(claims(), "htm", Value::Null)),
        ("another method", with(claims(), "htm", "GET".into())),
        ("the method in lower case", with(claims(), "htm", "post".into())),
        ("no htu", with(claims(), "htu", Value::Null)),
        ("no iat", with(claims(), "iat", Value::Null)),
        ("iat as text", with(claims(), "iat", "1".into())),
    ] {
        assert!(by_claims(&claims).is_err(), "{case}");
    }
}

#[test]
fn a086_htu_is_compared_after_normalisation() {
    for same in [
        "HTTPS://AUTH.brand.tld/oauth2/token",
        "https://auth.brand.tld:443/oauth2/token",
        "https://auth.brand.tld/oauth2/token?x=1#y",
        "https://auth.brand.tld/oauth2/./token",
        "https://auth.brand.tld:/oauth2/token",
    ] {
        assert!(same_target(same, TOKEN_URL), "{same}");
    }
    for other in [
        "http://auth.brand.tld/oauth2/token",
        "https://auth.brand.tld:444/oauth2/token",
        "https://auth.brand.tld/oauth2/token/",
        "https://auth.brand.tld/OAUTH2/token",
        "https://auth.other.tld/oauth2/token",
        "https://x@auth.brand.tld/oauth2/token",
        "https://auth.brand.tld/",
        "/oauth2/token",
        "",
        // What only a browser would read so.
        " https://auth.brand.tld/oauth2/token",
        "https://auth.brand.tld/oauth2/token\n",
        "https://auth.brand.tld/oauth2/\ttoken",
        "https:\\\\auth.brand.tld\\oauth2\\token",
        "https://auth.brand.tld/oauth2\\token",
        "https:/auth.brand.tld/oauth2/token",
        "https:auth.brand.tld/oauth2/token",
        "https:///auth.brand.tld/oauth2/token",
        "https://@auth.brand.tld/oauth2/token",
        "https://:@auth.brand.tld/oauth2/token",
        "https://auth.brand.tld:0443/oauth2/token",
        "https://%61uth.brand.tld/oauth2/token",
        "https://auth\u{ff0e}brand.tld/oauth2/token",
        "https://auth.brand.tld/oauth2/token?x=%zz",
        "https://auth.brand.tld/oauth2/token?x y",
    ] {
        assert!(!same_target(other, TOKEN_URL), "{other}");
    }
}

#[test]
fn a086_an_address_of_numbers_is_compared_as_it_is_written() {
    let here = "http://127.0.0.1:4444/oauth2/token";
    assert!(same_target(here, here));
    assert!(same_target("http://[::1]:4444/x", "http://[::1]:4444/x"));
    for other in [
        "http://0x7f.1:4444/oauth2/token",
        "http://2130706433:4444/oauth2/token",
    ] {
        assert!(!same_target(other, here), "{other}");
    }
}

#[test]
fn a_key_has_one_name_however_it_is_spelt() {
    let n = [&[0xc3; 256][..]].concat();
    let named = |n: &[u8]| {
        let jwk = json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": "AQAB"});
        public_key(jwk.as_object().unwrap(), Algorithm::Rs256)
    };
    assert_eq!(named(&n), named(&[&[0][..], &n].concat()));
    assert!(named(&n).is_some());
    assert_eq!(named(&n[..255]), None, "shorter than 2048 bits");
}
