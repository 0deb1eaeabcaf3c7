use serde_json::{Value, json};

use super::{clients::client, read, with};
use crate::{
    model::{AssertionAudience, Client, ClientAuthentication, Pkce},
    ports::Algorithm,
};

const P256: &str = r#"{ "keys": [{ "kty": "EC", "crv": "P-256",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA" }] }"#;
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4\
                 n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0z\
                 gdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF\
                 Cur-kEgU8awapJzKnqDKgw";

/// ShopEase under the profile with one setting more, or its refusal below the client.
fn profiled(more: &[(&str, Value)]) -> Result<Client, String> {
    let of = |name: &str| format!("/clients/shopease/{name}");
    let mut changes = vec![
        (of("client_secret"), Value::Null),
        (of("security_profile"), json!("fapi2")),
        (of("jwks"), json!(P256)),
    ];
    changes.extend(more.iter().map(|(name, value)| (of(name), value.clone())));
    let changes: Vec<_> = changes.iter().map(|(p, v)| (p.as_str(), v.clone())).collect();
    match read(with(&changes)) {
        Ok(configuration) => {
            let (_, clients) = &configuration.tenants[0];
            let found = clients.iter().find(|client| client.id.as_str() == "shopease");
            Ok((**found.unwrap()).clone())
        }
        Err(line) => Err(line.replace("tenants.urbantrend.clients.shopease.", "")),
    }
}

#[test]
fn fapi2_sp_section_5_the_profile_says_it_all() {
    let client = profiled(&[]).unwrap();
    assert_eq!(client.authentication, ClientAuthentication::PrivateKeyJwt);
    assert_eq!(client.assertion_audience, AssertionAudience::Issuer);
    assert_eq!(client.pkce, Pkce::Required);
    assert!(client.requires_pushed_requests && client.requires_dpop && !client.rotates_refresh_tokens);
    assert_eq!(client.id_token_algorithm, Algorithm::Es256);
    assert_eq!(client.access_token_algorithm(), Algorithm::Es256);
    assert_eq!(client.introspection_algorithm, Some(Algorithm::Es256));
    let signs = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256].map(|a| client.signs_with(a));
    assert_eq!(signs, [false, true, true]);

    let plain = read(with(&[])).unwrap();
    let other = &plain.tenants[0].1[0];
    assert!(other.signs_with(Algorithm::Rs256));
    assert_eq!(other.access_token_algorithm(), Algorithm::Rs256);
}

#[test]
fn what_agrees_with_the_profile_may_be_said_too() {
    for (name, value) in [
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("client_assertion_audience", json!("issuer")),
        ("pkce", json!("required")),
        ("require_pushed_authorization_requests", json!(true)),
        ("dpop_bound_access_tokens", json!(true)),
        ("refresh_token_rotation", json!(false)),
        ("id_token_signed_response_alg", json!("ES256")),
        ("userinfo_signed_response_alg", json!("ES256")),
        ("request_object_signing_alg", json!("PS256")),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token", "client_credentials"]),
        ),
        ("jwks", json!({ "keys": [{ "kty": "RSA", "n": N, "e": "AQAB" }] })),
        (
            "jwks",
            json!({ "keys": [{ "kty": "RSA", "n": N, "e": "AQAB", "alg": "PS256" }] }),
        ),
    ] {
        assert!(profiled(&[(name, value.clone())]).is_ok(), "{name} = {value}");
    }
}

#[test]
fn fapi2_sp_section_5_what_contradicts_the_profile_is_refused() {
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let rs256 = json!({ "keys": [{ "kty": "RSA", "n": N, "e": "AQAB", "alg": "RS256" }] });
    for (name, value, at) in [
        ("token_endpoint_auth_method", json!("none"), ""),
        ("token_endpoint_auth_method", json!("client_secret_post"), ""),
        ("client_assertion_audience", json!("token_endpoint"), ""),
        ("pkce", json!("optional"), ""),
        ("require_pushed_authorization_requests", json!(false), ""),
        ("dpop_bound_access_tokens", json!(false), ""),
        ("refresh_token_rotation", json!(true), ""),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token", device]),
            "[2]",
        ),
        ("id_token_signed_response_alg", json!("RS256"), ""),
        ("userinfo_signed_response_alg", json!("RS256"), ""),
        ("introspection_signed_response_alg", json!("RS256"), ""),
        ("request_object_signing_alg", json!("RS256"), ""),
        ("jwks", rs256, ".keys[0]"),
    ] {
        let line = format!("{name}{at}: contradicts `security_profile`");
        assert_eq!(profiled(&[(name, value.clone())]).unwrap_err(), line, "{value}");
    }
    for (name, value, line) in [
        (
            "client_secret",
            json!("shopease-secret-1"),
            "client_secret: is of no use with private_key_jwt",
        ),
        (
            "id_token_signed_response_alg",
            json!("PS256"),
            "id_token_signed_response_alg: PS256 is not among the tenant's `algorithms`",
        ),
        (
            "security_profile",
            json!("fapi1"),
            "security_profile: unknown variant `fapi1`, expected `fapi2`",
        ),
    ] {
        assert_eq!(profiled(&[(name, value)]).unwrap_err(), line);
    }
}

#[test]
fn a059_nothing_is_registered_unsigned_or_under_a_shared_secret() {
    let settings = [
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "introspection_signed_response_alg",
        "request_object_signing_alg",
    ];
    for setting in settings {
        for algorithm in ["none", "None", "HS256", "RS1", ""] {
            let line = format!(
                ".{setting}: unknown variant `{algorithm}`, expected one of `RS256`, `ES256`, `PS256`"
            );
            client("shopease", &[(&format!("/{setting}"), json!(algorithm), &line)]);
        }
    }
}
