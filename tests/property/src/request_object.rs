//! Signed request objects (RFC 9101), asked of the whole endpoint: signed by the right key, they say what they like.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::authorize::{
    Sent, answers,
    world::{APP, CALLBACK, NOW},
};
use crate::changed;

/// What stands around the object does not count (RFC 9101 s6.3).
const AROUND: &str = "client_id=app&response_type=token&scope=profile&state=outside&nonce=outside";

/// The header of an object, and below it, in JSON, what its claims have instead of those of a good one; `null` is none.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [header, changes] = crate::lines(text);
    let header = if header.is_empty() {
        r#"{"alg":"ES256"}"#
    } else {
        header
    };
    let Some(claims) = changed(good(), changes) else {
        return;
    };
    let written = Value::Object(claims.clone()).to_string();
    let query = format!("{AROUND}&request={}", APP.token(header, &written));
    let taken = answers(data, &query, Some(said(&claims)));
    if taken {
        is_what_the_header_says(header);
        is_from_the_app_to_us(&claims);
    }
    if let Some((signed, signature)) = query.rsplit_once('.') {
        let forged = signature.chars().rev().collect::<String>();
        if forged != signature {
            assert!(!answers(data, &format!("{signed}.{forged}"), None));
        }
    }
}

fn good() -> Value {
    json!({
        "iss": "app", "aud": "https://a.tld", "client_id": "app", "nbf": NOW.0, "exp": NOW.0 + 300,
        "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid email",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    })
}

/// The claims as parameters: a text is itself, anything else its JSON, and only `resource` may be several.
fn said(claims: &Map<String, Value>) -> Sent {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let texts = |(name, value): (&String, &Value)| match value {
        Value::Array(list) if name == "resource" => (name.clone(), list.iter().map(text).collect()),
        other => (name.clone(), vec![text(other)]),
    };
    Sent(claims.iter().map(texts).collect::<BTreeMap<_, _>>())
}

fn is_what_the_header_says(header: &str) {
    let said: Value = serde_json::from_str(header).unwrap();
    assert_eq!(said["alg"], json!("ES256"), "the algorithm is the registered one");
    assert!(said["kid"].is_null() || said["kid"] == APP.jwk()["kid"]);
    assert!(said["crit"].is_null(), "RFC 7515 s4.1.11: {header}");
    let typ = said["typ"].as_str().map(str::to_ascii_lowercase);
    assert!(
        typ.is_none_or(|typ| typ == "jwt" || typ == "oauth-authz-req+jwt"),
        "{header}"
    );
}

/// RFC 9101 s4, s10.8: who asks whom, and that it is no assertion; FAPI 2.0 Message Signing s5.3.1: for an hour at most.
fn is_from_the_app_to_us(claims: &Map<String, Value>) {
    assert_eq!(
        (&claims["iss"], &claims["client_id"]),
        (&json!("app"), &json!("app"))
    );
    assert_ne!(claims.get("sub"), Some(&json!("app")));
    let us = json!("https://a.tld");
    assert!(claims["aud"] == us || claims["aud"].as_array().unwrap().contains(&us));
    let time = |name: &str| crate::seconds(&claims[name]);
    assert!(time("exp") + 10 >= NOW.0 && time("nbf") <= NOW.0 + 10 && time("exp") - time("nbf") <= 3600);
    assert!(!claims.contains_key("request") && !claims.contains_key("request_uri"));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said of every taken one would be said of none otherwise.
    #[test]
    fn rfc9101_4_a_good_object_is_taken() {
        let claims = changed(good(), "").unwrap();
        let token = APP.token(r#"{"alg":"ES256"}"#, &Value::Object(claims.clone()).to_string());
        let query = format!("{AROUND}&request={token}");
        assert!(answers(b"", &query, Some(said(&claims))));
    }

    proptest! {
        #![proptest_config(crate::quick(128))]

        #[test]
        fn rfc9101_6_3_only_what_is_signed_counts(
            name in "state|nonce|scope|prompt|max_age|claims|resource|response_mode|redirect_uri|response_type|ui_locales|[a-c]",
            value in "null|\"[a-c ]{0,3}\"|-?[0-9]{1,12}|\\[\"https://loyalty.a.tld\"\\]|\\{\"id_token\":\\{\"email\":null\\}\\}|\"form_post\"",
        ) {
            holds(format!("\n{{\"{name}\":{value}}}").as_bytes());
        }

        #[test]
        fn rfc9101_4_an_object_of_somebody_else_or_of_another_time_is_none(
            name in "iss|aud|client_id|sub|nbf|exp|iat|request|request_uri", ours in any::<bool>(),
            value in "null|\"(app|a|https://a.tld)\"|18000(0[0-9]|36)[0-9]{2}1(\\.5)?|17999[0-9]{5}|\\[\"https://a.tld\",\"x\"\\]|1|1e9",
            header in "|\\{\"alg\":\"(ES256|none|HS256|RS256)\"(,\"typ\":\"(JWT|jwt|oauth-authz-req\\+jwt|at\\+jwt)\")?(,\"kid\":\"(own|x)\")?\\}",
        ) {
            let changes = if ours { String::new() } else { format!("{{\"{name}\":{value}}}") };
            holds(format!("{header}\n{changes}").as_bytes());
        }
    }
}
