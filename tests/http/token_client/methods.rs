//! A client proves who it is by the method it is registered with, and by no other.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, Response};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{JWT_BEARER, UNKNOWN_CODE, is, post};
use crate::harness::{World, basic, error_of, fields, refusal};

const POSTER: &str = "[tenants.urbantrend.clients.poster]\nname = \"Poster\"\n\
    token_endpoint_auth_method = \"client_secret_post\"\nclient_secret = \"poster-demo-secret\"\n\
    redirect_uris = [\"https://poster.example/callback\"]\nscopes = [\"openid\"]\n\n";
/// A client of each method, and its secret or one that is not.
const REGISTERED: [(&str, &str, &str); 4] = [
    ("conformance", "basic", "conformance-demo-secret"),
    ("poster", "post", "poster-demo-secret"),
    ("shopease", "assertion", "none-is-registered"),
    ("spa-demo", "none", "none-is-registered"),
];
const METHODS: [&str; 4] = ["basic", "post", "assertion", "none"];
const OTHERS: [&str; 4] = [
    "/oauth2/par",
    "/oauth2/revoke",
    "/oauth2/introspect",
    "/oauth2/device/auth",
];

/// An assertion by which ShopEase says that it is this client.
async fn assertion_of(world: &World, id: &str) -> String {
    let claims = json!({ "iss": id, "sub": id });
    world.shopease().assertion(world.now().await, &claims)
}

/// What a client sends by one method: the header, and what is added to the form.
fn credentials(
    method: &str,
    id: &str,
    secret: &str,
    signed: &str,
) -> (Option<String>, Vec<(String, String)>) {
    match method {
        "basic" => (Some(basic(&format!("{id}:{secret}"))), vec![]),
        "post" => (None, fields(&[("client_id", id), ("client_secret", secret)])),
        "assertion" => {
            let pairs = [
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", signed),
            ];
            (None, fields(&pairs))
        }
        _ => (None, fields(&[("client_id", id)])),
    }
}

/// The demo with a client that sends its secret in the body.
async fn with_poster() -> World {
    let spa = "[tenants.urbantrend.clients.spa-demo]\n";
    World::edited(&[(spa, &format!("{POSTER}{spa}"))]).await
}

/// The other of the two places for a secret.
fn is_the_other_place(registered: &str, method: &str) -> bool {
    [("basic", "post"), ("post", "basic")].contains(&(registered, method))
}

/// A client says by one method who it is, and nothing of use besides.
async fn tried(world: &World, path: &str, (id, secret): (&str, &str), method: &str) -> Response {
    let signed = assertion_of(world, id).await;
    let (authorization, more) = credentials(method, id, secret, &signed);
    let mut form = fields(&UNKNOWN_CODE);
    form.extend(fields(&[("token", "x")]));
    form.extend(more);
    let mut request = world.urbantrend().request(Method::POST, path).form(&form);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a053_only_the_registered_method_works() {
    let world = with_poster().await;
    for (id, registered, secret) in REGISTERED {
        for method in METHODS.iter().filter(|by| !is_the_other_place(registered, by)) {
            let found = refusal(tried(&world, "/oauth2/token", (id, secret), method).await).await;
            let expected = if *method == registered {
                is(400, "invalid_grant")
            } else {
                is(401, "invalid_client")
            };
            assert_eq!(found, expected, "{id} by {method}");
        }
    }
}

/// The other endpoints of clients ask the same: what is let in is told something else than that it is not.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a053_only_the_registered_method_works_at_every_endpoint() {
    let world = with_poster().await;
    for path in OTHERS {
        for (id, registered, secret) in REGISTERED {
            for method in METHODS.iter().filter(|by| !is_the_other_place(registered, by)) {
                // Whoever cannot prove who it is learns of no token: a092 asks for that.
                if path.ends_with("introspect") && (registered, *method) == ("none", "none") {
                    continue;
                }
                let answer = tried(&world, path, (id, secret), method).await;
                let let_in = *method == registered;
                assert_eq!(answer.status() != 401, let_in, "{path}: {id} by {method}");
                if !let_in {
                    assert_eq!(error_of(answer).await, is(401, "invalid_client"), "{path}");
                }
            }
        }
    }
}

/// Header and body are two methods, though the secret is one.
#[tokio::test]
async fn a053_a_secret_is_taken_where_it_is_registered_to_be() {
    let world = with_poster().await;
    for path in OTHERS.into_iter().chain(["/oauth2/token"]) {
        for (id, registered, secret) in REGISTERED {
            for method in METHODS.iter().filter(|by| is_the_other_place(registered, by)) {
                let answer = tried(&world, path, (id, secret), method).await;
                assert_eq!(answer.status(), 401, "{path}: {id} by {method}");
                assert_eq!(error_of(answer).await, is(401, "invalid_client"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a053_two_secrets_live_while_one_takes_over() {
    let secrets = ["the-secret-that-goes-away", "the-secret-that-comes-now"];
    let digest = |secret: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(secret));
    let written = |secrets: &[&str]| {
        let digests: Vec<_> = secrets.iter().map(|s| format!("\"{}\"", digest(s))).collect();
        format!("client_secret_digest = [{}]", digests.join(", "))
    };
    let clear = "client_secret = \"conformance-demo-secret\"";
    let mut world = World::edited(&[(clear, &written(&secrets))]).await;
    let answers = async |world: &World, secret: &str| {
        let header = basic(&format!("conformance:{secret}"));
        refusal(post(&world.urbantrend(), Some(&header), &[]).await).await
    };
    for secret in secrets {
        assert_eq!(
            answers(&world, secret).await,
            is(400, "invalid_grant"),
            "{secret}"
        );
    }
    world.restart_edited(&[(clear, &written(&secrets[1..]))]).await;
    assert_eq!(answers(&world, secrets[0]).await, is(401, "invalid_client"));
    assert_eq!(answers(&world, secrets[1]).await, is(400, "invalid_grant"));
    // What is stored is no credential.
    let stored = digest(secrets[1]);
    assert_eq!(answers(&world, &stored).await, is(401, "invalid_client"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a053_two_methods_at_once_are_an_error() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let header = basic("conformance:conformance-demo-secret");
    let assertion = world.shopease().assertion(world.now().await, &json!({}));
    let secret = ("client_secret", "conformance-demo-secret");
    let signed = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion.as_str()),
    ];
    let both = [signed.as_slice(), &[secret]].concat();
    let header = Some(header.as_str());
    let cases: [(_, _, &[_]); 5] = [
        ("header and body", header, &[secret]),
        ("header and assertion", header, &signed),
        ("body and assertion", None, &both),
        (
            "broken header and body",
            Some("Basic !"),
            &[("client_id", "conformance"), secret],
        ),
        ("two names", header, &[("client_id", "fashionboard")]),
    ];
    for (case, authorization, more) in cases {
        let answer = post(&brand, authorization, more).await;
        assert_eq!(refusal(answer).await, is(400, "invalid_request"), "{case}");
    }
    let same_name = post(&brand, header, &[("client_id", "conformance")]).await;
    assert_eq!(refusal(same_name).await, is(400, "invalid_grant"));
}
