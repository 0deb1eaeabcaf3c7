use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{asks_for_basic, is, post};
use crate::harness::{World, basic, refusal};

#[tokio::test]
async fn a051_id_and_secret_are_form_decoded_after_base64() {
    let secret = r#"client_secret = "a:b+c%d e&f=g/h-secret""#;
    let world = World::edited(&[(r#"client_secret = "conformance-demo-secret""#, secret)]).await;
    let brand = world.urbantrend();
    for good in [
        "conformance:a%3Ab%2Bc%25d+e%26f%3Dg%2Fh-secret",
        "conformance:a:b%2Bc%25d%20e&f=g/h-secret",
        "%63onformance:a:b%2bc%25d+e&f=g/h-secret",
    ] {
        let answer = post(&brand, Some(&basic(good)), &[]).await;
        assert_eq!(refusal(answer).await, is(400, "invalid_grant"), "{good}");
    }
    for bad in [
        "conformance:a:b+c%25d+e&f=g/h-secret",
        "conformance:a%253Ab%252Bc%2525d+e%26f%3Dg%2Fh-secret",
    ] {
        let answer = post(&brand, Some(&basic(bad)), &[]).await;
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{bad}");
    }
}

#[tokio::test]
async fn a051_what_is_not_form_encoded_is_a_wrong_secret() {
    let world = World::start().await;
    for bad in [
        "conformance:50%d",
        "conformance:50%",
        "conform%ance:x",
        "conformance:%ff",
    ] {
        let answer = post(&world.urbantrend(), Some(&basic(bad)), &[]).await;
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{bad}");
    }
}

#[tokio::test]
async fn a051_base64_is_strict() {
    let world = World::start().await;
    let brand = world.urbantrend();
    let right = basic("conformance:conformance-demo-secret");
    let scheme_in_capitals = right.replacen("Basic", "BASIC", 1);
    for good in [&right, &scheme_in_capitals] {
        let answer = post(&brand, Some(good), &[]).await;
        assert_eq!(refusal(answer).await, is(400, "invalid_grant"), "{good}");
    }
    let encoded = right.trim_start_matches("Basic ");
    for bad in [
        format!("Basic  {encoded}"),
        format!("Basic {encoded}="),
        format!("Basic {}", encoded.trim_end_matches('=')),
        format!("Basic {} {}", &encoded[..8], &encoded[8..]),
        format!("Basic {encoded}, {right}"),
        format!("Bearer {encoded}"),
        format!("Basic {}", URL_SAFE_NO_PAD.encode("conformance")),
        "Basic".to_owned(),
        basic(":conformance-demo-secret"),
    ] {
        let answer = post(&brand, Some(&bad), &[]).await;
        asks_for_basic(&answer, &bad);
        assert_eq!(refusal(answer).await, is(401, "invalid_client"), "{bad}");
    }
}
