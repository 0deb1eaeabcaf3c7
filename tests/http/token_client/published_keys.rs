use std::{
    future::IntoFuture,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{JWT_BEARER, is, post};
use crate::harness::{World, refusal};

/// The demo's registered key of ShopEase, from the name of the setting on.
const REGISTERED: &str = r#"jwks = '''{"keys": [{
    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "shopease-demo",
    "x": "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c",
    "y": "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk"
}]}'''"#;

/// ShopEase's own server.
#[derive(Clone, Default)]
struct Publisher(Arc<Mutex<(Published, u32)>>);

#[derive(Clone, Copy, Default)]
enum Published {
    /// The key of another time.
    #[default]
    Old,
    /// The key it signs with.
    Current,
    /// The same, as a page.
    Page,
    /// Somewhere else on this server.
    Elsewhere,
    /// Trouble.
    Nothing,
}

impl Publisher {
    /// Starts, and a world in which ShopEase publishes its keys here.
    async fn and_world() -> (Self, World) {
        let publisher = Self::default();
        let router = Router::new()
            .route("/jwks", get(Self::answer))
            .route("/elsewhere", get(async || set("shopease-demo")))
            .with_state(publisher.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("jwks_uri = \"http://{}/jwks\"", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        (publisher, World::edited(&[(REGISTERED, &uri)]).await)
    }

    fn publish(&self, published: Published) {
        self.0.lock().unwrap().0 = published;
    }

    fn asked(&self) -> u32 {
        self.0.lock().unwrap().1
    }

    #[expect(clippy::unused_async, reason = "a handler is a future")]
    async fn answer(State(Self(state)): State<Self>) -> axum::response::Response {
        let mut state = state.lock().unwrap();
        state.1 += 1;
        match state.0 {
            Published::Old => set("old").into_response(),
            Published::Current => set("shopease-demo").into_response(),
            Published::Page => {
                ([(header::CONTENT_TYPE, "text/html")], set("shopease-demo").1).into_response()
            }
            Published::Elsewhere => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
            Published::Nothing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

type Json = ([(header::HeaderName, &'static str); 1], String);

/// A set with one key, which is another one unless it has the name of the current.
fn set(kid: &str) -> Json {
    let (x, y) = if kid == "shopease-demo" {
        (
            "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c",
            "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk",
        )
    } else {
        // RFC 9449 s4.1.
        (
            "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        )
    };
    let key = json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y });
    let set = json!({ "keys": [key] }).to_string();
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], set)
}

/// `invalid_grant` says that the client itself was accepted.
async fn try_it(world: &World) -> (u16, String) {
    let assertion = world.shopease().assertion(world.now().await, &json!({}));
    let credentials = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion.as_str()),
    ];
    refusal(post(&world.urbantrend(), None, &credentials).await).await
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no function reaches this machine")]
async fn a055_a_client_changes_its_keys_where_it_publishes_them() {
    let (publisher, world) = Publisher::and_world().await;
    let (accepted, refused) = (is(400, "invalid_grant"), is(401, "invalid_client"));
    assert_eq!(try_it(&world).await, refused);
    publisher.publish(Published::Current);
    assert_eq!(try_it(&world).await, accepted);
    assert_eq!(publisher.asked(), 2);

    // It is taken back at once where it is published, and within five minutes here.
    publisher.publish(Published::Old);
    assert_eq!(try_it(&world).await, accepted);
    assert_eq!(publisher.asked(), 2);
    world.advance(300).await;
    for _ in 0..5 {
        assert_eq!(try_it(&world).await, refused);
    }
    // The set was read because it was old, and once more for the key it did not have.
    assert_eq!(publisher.asked(), 4);
    world.advance(60).await;
    assert_eq!(try_it(&world).await, refused);
    assert_eq!(publisher.asked(), 5);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no function reaches this machine")]
async fn a_client_whose_server_is_in_trouble_goes_on_for_an_hour() {
    let (publisher, world) = Publisher::and_world().await;
    publisher.publish(Published::Current);
    assert_eq!(try_it(&world).await, is(400, "invalid_grant"));
    publisher.publish(Published::Nothing);
    world.advance(3_500).await;
    for _ in 0..3 {
        assert_eq!(try_it(&world).await, is(400, "invalid_grant"));
    }
    assert_eq!(publisher.asked(), 2);
    world.advance(200).await;
    assert_eq!(try_it(&world).await, is(401, "invalid_client"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no function reaches this machine")]
async fn ss2_keys_are_read_where_they_are_registered_and_nowhere_else() {
    for bad in [Published::Page, Published::Elsewhere, Published::Nothing] {
        let (publisher, world) = Publisher::and_world().await;
        publisher.publish(bad);
        assert_eq!(try_it(&world).await, is(401, "invalid_client"));
        assert_eq!(publisher.asked(), 1);
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads how the local server refuses to start")]
async fn ss2_keys_published_on_a_private_network_are_refused_at_registration() {
    for address in [
        "http://partner.example/jwks",
        "https://partner.example:22/jwks",
        "https://10.0.0.1/jwks",
        "https://169.254.169.254/latest/meta-data",
        "https://167772161/jwks",
        "https://[fd00::1]/jwks",
        "https://intranet/jwks",
        "https://partner.internal/jwks",
        "https://partner.local/jwks",
        "https://partner.home.arpa/jwks",
    ] {
        let line = World::refusal(&[(REGISTERED, &format!("jwks_uri = \"{address}\""))]).await;
        assert!(line.contains("shopease.jwks_uri"), "{address}: {line}");
    }
    let issuer = (
        "{scheme}://auth.urbantrend.localhost:{port}",
        "https://auth.urbantrend.example",
    );
    let told = (
        "{scheme}://fashionboard.localhost:{port}/backchannel-logout",
        "https://fashionboard.example/told",
    );
    for address in [
        "http://127.0.0.1:8080/jwks",
        "https://[::1]:8080/jwks",
        "https://partner.localhost/jwks",
    ] {
        let line = World::refusal(&[issuer, told, (REGISTERED, &format!("jwks_uri = \"{address}\""))]).await;
        assert!(line.contains("shopease.jwks_uri"), "{address}: {line}");
    }
}
