use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use super::{signed, signing};
use crate::harness::{World, refusal};

/// A listener that a provider which follows an address would knock at.
struct Trap(TcpListener);

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> String {
        format!(
            "http://127.0.0.1:{}/request.jwt",
            self.0.local_addr().unwrap().port()
        )
    }

    fn assert_untouched(&self) {
        let knocked = self.0.accept();
        assert!(knocked.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock));
    }
}

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
