use serde_json::json;

use super::{signed, signing};
use crate::harness::{Trap, World, refusal};

#[tokio::test]
async fn ss1_a013_a_request_uri_of_anothers_making_is_never_fetched() {
    let world = World::start().await;
    let client = world.conformance();
    let trap = Trap::set();
    for uri in [
        trap.address().as_str(),
        "http://169.254.169.254/latest/meta-data/",
        "https://evil.example/request.jwt#x",
        "file:///etc/passwd",
        "URN:IETF:params:oauth:request_uri:x",
        "x",
    ] {
        let request = client.authorize("openid").with("request_uri", uri);
        world
            .browser()
            .ask(&request)
            .await
            .assert_refusal("request_uri_not_supported", &request);
        let bare = request.naming(&client.id, "request_uri", uri);
        let page = world.browser().ask(&bare).await;
        page.assert_error_page("invalid_redirect_uri", &bare.params);
        let found = refusal(client.push(&world, &request).await).await;
        assert_eq!(found, (400, "invalid_request".to_owned()), "{uri}");
    }
    trap.assert_untouched();
}

/// Where the keys are is said by the registration, never by what they are to prove.
#[tokio::test]
async fn ss1_tk4_an_object_that_names_an_address_of_keys_reaches_nobody() {
    let world = signing().await;
    let client = world.shopease();
    let trap = Trap::set();
    let request = client.authorize("openid");
    let changes = json!({ "jku": trap.address(), "jwks_uri": trap.address(), "request_uri": trap.address() });
    let link = signed(&world, &client, &request, &changes).await;
    let page = world.browser().ask(&link).await;
    assert_eq!(page.error(), "invalid_request");
    trap.assert_untouched();
}
