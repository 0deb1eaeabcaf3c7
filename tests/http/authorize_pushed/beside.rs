//! What stands in the address beside the `request_uri` of a pushed request (RFC 9101 s5, s6.3).

use crate::harness::{Authorization, TEST_MEMBER, World};

/// A pushed request, and the link that names it.
async fn pushed(world: &World) -> (Authorization, Authorization) {
    let client = world.conformance();
    let request = client.authorize("openid");
    let link = client.pushed(world, &request).await;
    (request, link)
}

/// The link leads where the pushed request says, and to what it asked for.
async fn assert_only_pushed_counts(world: &World, request: &Authorization, link: &Authorization) {
    let client = world.conformance();
    let page = world.browser().through(world, &link.url(), TEST_MEMBER).await;
    assert!(
        page.url.as_str().starts_with(&client.redirect_uri),
        "{}",
        page.url
    );
    assert_eq!(page.callback()["state"], request.get("state"));
    let tokens = client.redeem(world, request, &page).await;
    assert_eq!(tokens.id_claims()["nonce"], request.get("nonce"));
    assert_eq!(tokens.scope(), ["openid"]);
}

#[tokio::test]
async fn a085_ru12_nothing_beside_the_pushed_request_counts() {
    let world = World::start().await;
    let (request, link) = pushed(&world).await;
    let link = link
        .and("redirect_uri", "https://evil.example/cb")
        .and("scope", "openid email phone")
        .and("state", "another-state")
        .and("nonce", "another-nonce")
        .and("code_challenge", "x")
        .and("prompt", "none")
        .and("registration", "{}");
    assert_only_pushed_counts(&world, &request, &link).await;
}

#[tokio::test]
async fn a085_not_even_another_response_type_beside_it_counts() {
    let world = World::start().await;
    let (request, link) = pushed(&world).await;
    let link = link.and("response_type", "token");
    assert_only_pushed_counts(&world, &request, &link).await;
}

/// RFC 6749 s3.1, RFC 9101 s5: what does not count still has to be one request.
#[tokio::test]
async fn a085_a009_of_two_requests_none_is_the_one() {
    let world = World::start().await;
    let (_, link) = pushed(&world).await;
    for more in [
        ("request_uri", link.get("request_uri")),
        ("client_id", "conformance"),
        ("request", "eyJhbGciOiJub25lIn0.e30."),
    ] {
        let two = link.clone().and(more.0, more.1);
        let page = world.browser().ask(&two).await;
        page.assert_error_page("invalid_request", &two.params);
    }
    for name in ["state", "redirect_uri", "prompt"] {
        let two = link.clone().and(name, "one-of-two").and(name, "two-of-two");
        let page = world.browser().ask(&two).await;
        page.assert_error_page("invalid_request", &two.params);
    }
    assert!(world.browser().get(&link.url()).await.has("form#phone-form"));
}

/// Whoever sends an unusable one may have written the rest as well.
#[tokio::test]
async fn a085_pa1_a_redirect_uri_beside_an_unusable_one_is_not_followed() {
    let world = World::start().await;
    let (_, link) = pushed(&world).await;
    let unknown = "urn:ietf:params:oauth:request_uri:unknown";
    for (client, uri) in [
        (world.conformance(), unknown),
        (world.fashionboard(), link.get("request_uri")),
    ] {
        let dressed = client
            .authorize("openid")
            .with("prompt", "none")
            .with("request_uri", uri);
        let page = world.browser().ask(&dressed).await;
        assert!(page.header("location").is_empty(), "{}", page.header("location"));
        assert_eq!(page.error(), "invalid_request_uri");
    }
}
