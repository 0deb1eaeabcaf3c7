//! Whether a client exists is not told by time either (assertion 52).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{JWT_BEARER, is, post};
use crate::harness::{Client, LENIENT, World, basic, rank_test, refusal, stopwatch};

const SAMPLES: usize = 60;

/// A header, if there is one, and what the form says beside the code.
type Presented = (Option<String>, Vec<(&'static str, String)>);

/// Both presentations are refused alike, and time does not tell which is which. Their order alternates.
async fn alike(world: &World, what: &str, presented: [Presented; 2]) {
    let brand = world.urbantrend();
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..SAMPLES + 5 {
        for turn in 0..2 {
            let class = (round + turn) % 2;
            let (authorization, form) = &presented[class];
            let form: Vec<_> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let started = stopwatch();
            let answer = post(&brand, authorization.as_deref(), &form).await;
            let took = started.elapsed();
            assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{what}");
            // The first rounds warm caches up.
            if round >= 5 {
                times[class].push(took);
            }
        }
    }
    let z = rank_test(&times[0], &times[1]);
    assert!(z.abs() < LENIENT, "{what}: z = {z}");
}

#[tokio::test]
async fn a052_an_unknown_client_takes_as_long_as_a_wrong_secret() {
    let world = World::start().await;
    // Long, so that what is not done with it is missed.
    let secret = "x".repeat(30_000);
    let by_basic = |id: &str| (Some(basic(&format!("{id}:wrong-secret"))), vec![]);
    alike(
        &world,
        "basic",
        [by_basic("conformance"), by_basic("nobody-here")],
    )
    .await;
    let by_post = |id: &str| {
        let form = vec![("client_id", id.to_owned()), ("client_secret", secret.clone())];
        (None, form)
    };
    alike(&world, "post", [by_post("fashionboard"), by_post("nobody-there")]).await;
}

#[tokio::test]
async fn a052_an_unknown_client_takes_as_long_as_a_wrong_signature() {
    let world = World::start().await;
    let now = world.now().await;
    let signed = |id: &str| {
        let client = Client::private_key_jwt(world.urbantrend(), id, "");
        let assertion = client.assertion(now, &serde_json::json!({ "jti": id }));
        let (header, rest) = assertion.split_once('.').unwrap();
        let (_, signature) = rest.rsplit_once('.').unwrap();
        // The signature of something else.
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{id}"}}"#));
        let assertion = format!("{header}.{claims}.{signature}");
        let form = vec![
            ("client_id", id.to_owned()),
            ("client_assertion_type", JWT_BEARER.to_owned()),
            ("client_assertion", assertion),
        ];
        (None, form)
    };
    alike(&world, "assertion", [signed("shopease"), signed("nobody")]).await;
}
