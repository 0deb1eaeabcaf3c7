use serde_json::{Value, json};

use super::{is_taken, signed, signing};
use crate::harness::{TEST_MEMBER, World, refusal};

#[tokio::test]
async fn a084_a014_a_signed_request_can_be_pushed() {
    let world = World::start().await;
    let client = world.fapi();
    let request = client.authorize("openid profile");
    let object = signed(&world, &client, &request, &json!({})).await;
    // RFC 9126 s3: beside the object there is only what authenticates; anything else does not count.
    let dressed = object
        .clone()
        .and("scope", "openid loyalty.points.read")
        .and("redirect_uri", "https://evil.example/cb")
        .and("state", "another-state");
    for sent in [object.without("client_id"), dressed] {
        let link = client.pushed(&world, &sent).await;
        let page = world.browser().through(&world, &link.url(), TEST_MEMBER).await;
        assert_eq!(page.callback()["state"], request.get("state"));
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.scope(), ["openid", "profile"]);
    }
}

#[tokio::test]
async fn a014_another_clients_object_cannot_be_pushed() {
    let world = signing().await;
    let (client, other) = (world.fapi(), world.shopease());
    let request = client.authorize("openid");
    let object = signed(&world, &client, &request, &json!({ "client_id": "shopease" })).await;
    let found = refusal(client.push(&world, &object).await).await;
    assert_eq!(found, (400, "invalid_request_object".to_owned()));
    let foreign = signed(&world, &client, &request, &json!({}))
        .await
        .with("client_id", &other.id);
    let found = refusal(other.push(&world, &foreign).await).await;
    assert_eq!(found, (400, "invalid_request_object".to_owned()));
}

/// It was verified when it was pushed; from then on the pushed request's own life counts.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a014_a_pushed_object_is_good_for_as_long_as_was_said() {
    let world = World::start().await;
    let client = world.fapi();
    let request = client.authorize("openid");
    let exp = world.now().await + 15;
    let object = signed(&world, &client, &request, &json!({ "exp": exp })).await;
    let kept: Value = client.push(&world, &object).await.json().await.unwrap();
    let link = request.naming(&client.id, "request_uri", kept["request_uri"].as_str().unwrap());
    // Not its last seconds: the test takes time too.
    world.advance(kept["expires_in"].as_u64().unwrap() * 2 / 3).await;
    assert!(is_taken(&world, &link).await);
    world.advance(30).await;
    let found = refusal(client.push(&world, &object).await).await;
    assert_eq!(found, (400, "invalid_request_object".to_owned()));
}
