use serde_json::{Value, json};

use super::{read, with};
use crate::model::{ClientAuthentication, SecretHash};

fn jwk() -> Value {
    json!({ "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig",
        "x": "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis", "y": "y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE" })
}

/// `ShopEase` with these credentials instead of its secret.
fn shopease(method: Option<&str>, credentials: &[(&str, Value)]) -> Result<super::Configuration, String> {
    let mut changes = vec![("/clients/shopease/client_secret".to_owned(), Value::Null)];
    changes.extend(method.map(|m| {
        (
            "/clients/shopease/token_endpoint_auth_method".to_owned(),
            json!(m),
        )
    }));
    changes.extend(
        credentials
            .iter()
            .map(|(name, value)| (format!("/clients/shopease/{name}"), value.clone())),
    );
    let changes: Vec<_> = changes
        .iter()
        .map(|(path, value)| (path.as_str(), value.clone()))
        .collect();
    read(with(&changes))
}

fn error(method: Option<&str>, credentials: &[(&str, Value)]) -> String {
    let error = shopease(method, credentials).unwrap_err();
    error
        .strip_prefix("tenants.urbantrend.clients.shopease.")
        .unwrap_or(&error)
        .to_owned()
}

#[test]
fn each_method_has_what_it_needs_and_nothing_else() {
    let secret = ("client_secret", json!("shopease-secret-1"));
    let keys = ("jwks", json!({ "keys": [jwk()] }));
    assert_eq!(
        error(None, &[]),
        "client_secret: is missing; client_secret_basic needs it"
    );
    assert_eq!(
        error(Some("client_secret_post"), &[]),
        "client_secret: is missing; client_secret_post needs it"
    );
    assert_eq!(
        error(Some("private_key_jwt"), &[]),
        "jwks: is missing; private_key_jwt needs it"
    );
    assert_eq!(
        error(Some("none"), std::slice::from_ref(&secret)),
        "client_secret: is of no use with none"
    );
    assert_eq!(
        error(Some("private_key_jwt"), &[secret.clone(), keys.clone()]),
        "client_secret: is of no use with private_key_jwt"
    );
    assert_eq!(
        error(None, &[secret.clone(), keys.clone()]),
        "jwks: is of no use with client_secret_basic"
    );
    assert_eq!(
        error(Some("none"), std::slice::from_ref(&keys)),
        "jwks: is of no use with none"
    );
    assert_eq!(
        error(Some("client_secret_jwt"), &[secret]),
        "token_endpoint_auth_method: unknown variant `client_secret_jwt`, expected one of `none`, \
         `client_secret_basic`, `client_secret_post`, `private_key_jwt`"
    );
    assert_eq!(
        error(None, &[("client_secret", json!("fifteen-letters"))]),
        "client_secret: is shorter than 16 characters"
    );
    assert_eq!(
        error(None, &[("client_secret", json!("ünprintable-secret"))]),
        "client_secret: has a character outside printable ASCII"
    );
    assert!(shopease(Some("private_key_jwt"), &[keys]).is_ok());
}

#[test]
fn outside_a_sandbox_a_secret_in_clear_is_a_generated_one() {
    let real = |secret: &str| {
        let mut whole = with(&[
            ("/sandbox", json!(false)),
            ("/clients/shopease/client_secret", json!(secret)),
        ]);
        whole["tenants"]["urbantrend"]["members"] = json!([]);
        read(whole).map(drop)
    };
    assert!(real(&"r".repeat(43)).is_ok());
    let error = real(&"r".repeat(42)).unwrap_err();
    assert!(
        error.contains(".client_secret: is not a generated one"),
        "{error}"
    );
}

#[test]
fn a_secret_may_be_given_by_its_digests_alone() {
    let digest = |secret: &str| crate::types::Digest::of(secret.as_bytes());
    let listed = |secrets: &[&str]| {
        let digests: Vec<_> = secrets.iter().map(|s| digest(s).to_string()).collect();
        ("client_secret_digest", json!(digests))
    };
    let configuration = shopease(None, &[listed(&["the one that goes", "the one that comes"])]).unwrap();
    let client = &configuration.tenants[0].1[0];
    let ClientAuthentication::SecretBasic(digests) = &client.authentication else {
        panic!()
    };
    assert_eq!(
        *digests,
        ["the one that goes", "the one that comes"].map(|secret| SecretHash::Plain(digest(secret)))
    );

    let clear = ("client_secret", json!("shopease-secret-1"));
    for (method, credentials, line) in [
        (
            None,
            vec![clear, listed(&["a"])],
            ": is there beside `client_secret`; one of them is enough",
        ),
        (Some("none"), vec![listed(&["a"])], ": is of no use with none"),
        (None, vec![listed(&[])], ": lists none"),
        (None, vec![listed(&["a", "b", "c"])], ": lists more than two"),
        (
            None,
            vec![("client_secret_digest", json!(["shopease-secret-1"]))],
            "[0]: is not a SHA-256 digest in unpadded base64url",
        ),
    ] {
        assert_eq!(error(method, &credentials), format!("client_secret_digest{line}"));
    }
    let twice = error(None, &[listed(&["a", "a"])]);
    assert!(
        twice.starts_with("client_secret_digest[1]: ") && twice.ends_with(" is there twice"),
        "{twice}"
    );
}

#[test]
fn a_public_client_cannot_leave_pkce_out() {
    let cause = "pkce: is optional for a public client, which has nothing else that binds its codes";
    assert_eq!(error(Some("none"), &[("pkce", json!("optional"))]), cause);
    assert_eq!(
        error(None, &[("pkce", json!("plain"))]),
        "pkce: unknown variant `plain`, expected `required` or `optional`"
    );
}

#[test]
fn registered_keys_are_public_strong_and_told_apart() {
    let with_keys = |keys: Value| error(Some("private_key_jwt"), &[("jwks", json!({ "keys": keys }))]);
    let changed = |name: &str, value: Value| {
        let mut key = jwk();
        key[name] = value;
        key
    };
    let private = "jwks.keys[0]: holds a private key (`d`); register the public one";
    assert_eq!(with_keys(json!([changed("d", json!("x"))])), private);
    let symmetric = json!([{ "kty": "oct", "k": "AAAA" }]);
    assert_eq!(
        with_keys(symmetric),
        "jwks.keys[0]: holds a private key (`k`); register the public one"
    );
    assert_eq!(with_keys(json!([])), "jwks.keys: is empty");
    assert_eq!(
        with_keys(json!([changed("use", json!("enc"))])),
        "jwks.keys[0]: is not for signatures (`use`)"
    );
    let weak = "is no key for ES256 (P-256), RS256 or PS256 (RSA of 2048 to 4096 bits)";
    assert_eq!(
        with_keys(json!([changed("crv", json!("P-384"))])),
        format!("jwks.keys[0]: {weak}")
    );
    let rsa1024 = json!([{ "kty": "RSA", "n": "A".repeat(171), "e": "AQAB" }]);
    assert_eq!(with_keys(rsa1024), format!("jwks.keys[0]: {weak}"));
    let unused = changed("alg", json!("ES384"));
    assert_eq!(with_keys(json!([unused])), format!("jwks.keys[0]: {weak}"));
    let elsewhere = changed("y", jwk()["x"].clone());
    assert_eq!(with_keys(json!([elsewhere])), format!("jwks.keys[0]: {weak}"));
    assert_eq!(with_keys(json!([jwk(), jwk()])), "jwks.keys: has a `kid` twice");
    let mut nameless = jwk();
    nameless.as_object_mut().unwrap().remove("kid");
    assert_eq!(
        with_keys(json!([jwk(), nameless])),
        "jwks.keys: has several keys, not all with a `kid`"
    );
    let text = |text: &str| error(Some("private_key_jwt"), &[("jwks", json!(text))]);
    assert_eq!(
        text("{"),
        "jwks: is not JSON: EOF while parsing an object at line 1 column 1"
    );
    assert_eq!(text("{}"), "jwks.keys: is not a list");
    let good = json!({ "keys": [jwk()] }).to_string();
    assert!(shopease(Some("private_key_jwt"), &[("jwks", json!(good))]).is_ok());
}
