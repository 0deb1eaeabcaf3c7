//! Back-channel logout: every partner of a session is told, by its own server, in a token it can believe.

use std::collections::BTreeSet;

use crate::harness::{ALICE, BOB, Browser, Event, Mood, Receiver, Tokens, World, header_of};

/// Alice at two partners, each of which has a server that is told.
struct Stage {
    world: World,
    conformance: Receiver,
    fashionboard: Receiver,
}

impl Stage {
    async fn set() -> Self {
        let (conformance, fashionboard) = (Receiver::start().await, Receiver::start().await);
        let world = World::telling(&conformance.uri, &fashionboard.uri).await;
        Self {
            world,
            conformance,
            fashionboard,
        }
    }

    /// A browser in which she is signed in at both, and what they got.
    async fn signed_in(&self) -> (Browser, Tokens, Tokens) {
        let mut browser = self.world.browser();
        let (one, two) = (self.world.conformance(), self.world.fashionboard());
        let one = one.tokens(&self.world, &mut browser, "openid", ALICE).await;
        let two = two.tokens(&self.world, &mut browser, "openid", ALICE).await;
        (browser, one, two)
    }

    /// Another session begins and ends: what is told of it comes after all that was to be told before.
    async fn fence(&mut self) {
        let (mut browser, one, _) = self.signed_in().await;
        sign_out(&self.world, &mut browser, &one).await;
        let token = self.conformance.token().await;
        assert_eq!(self.world.told(&token).await["sid"], one.id_claims()["sid"]);
    }
}

async fn sign_out(world: &World, browser: &mut Browser, tokens: &Tokens) {
    let hint = tokens.id.as_deref().unwrap();
    let issuer = world.urbantrend().issuer;
    let page = browser
        .get(&format!("{issuer}/oauth2/sessions/logout?id_token_hint={hint}"))
        .await;
    assert!(page.has("main#signed-out"), "{}", page.url);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no Lambda asks a server on this machine")]
async fn a082_every_partner_of_the_session_gets_one_token_it_can_believe() {
    let mut stage = Stage::set().await;
    let (mut browser, one, two) = stage.signed_in().await;
    let (_elsewhere, other, _) = stage.signed_in().await;
    sign_out(&stage.world, &mut browser, &one).await;
    let mut ids = BTreeSet::new();
    for (receiver, tokens, audience, algorithm) in [
        (&mut stage.conformance, &one, "conformance", "ES256"),
        (&mut stage.fashionboard, &two, "fashionboard", "PS256"),
    ] {
        let token = receiver.token().await;
        let claims = stage.world.told(&token).await;
        assert_eq!(claims["aud"], audience);
        // Each knows the session by the name in its own ID token.
        assert_eq!(claims["sid"], tokens.id_claims()["sid"]);
        assert_ne!(claims["sid"], other.id_claims()["sid"], "her other browser stays");
        for signed in [&token, tokens.id.as_deref().unwrap()] {
            assert_eq!(header_of(signed)["alg"], algorithm);
        }
        ids.insert(claims["jti"].to_string());
    }
    assert_eq!(ids.len(), 2, "a token has a name of its own");
    // The same again, and the button: she is signed out already.
    sign_out(&stage.world, &mut browser, &one).await;
    stage.fence().await;
    assert!(stage.conformance.rest().is_empty(), "exactly one");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no Lambda asks a server on this machine")]
async fn a082_only_partners_she_is_connected_to_are_told() {
    let mut stage = Stage::set().await;
    let mut browser = stage.world.browser();
    let client = stage.world.conformance();
    let tokens = client.tokens(&stage.world, &mut browser, "openid", ALICE).await;
    // Bob is at FashionBoard, and stays.
    let fashionboard = stage.world.fashionboard();
    let mut bob = stage.world.browser();
    fashionboard.tokens(&stage.world, &mut bob, "openid", BOB).await;
    sign_out(&stage.world, &mut browser, &tokens).await;
    stage.conformance.token().await;
    stage.fence().await;
    let token = stage.fashionboard.token().await;
    let rest = stage.fashionboard.rest();
    assert!(
        rest.is_empty(),
        "told of the fence and of nothing before: {token} {rest:?}"
    );
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no Lambda asks a server on this machine")]
async fn however_a_session_ends_partners_are_told() {
    let mut stage = Stage::set().await;
    // On her own page, from another browser.
    let (_gone, one, _) = stage.signed_in().await;
    let (mut here, mine, _) = stage.signed_in().await;
    let account = format!("{}/account", stage.world.urbantrend().issuer);
    let page = here.get(&account).await;
    here.submit(&page, "li form:has([name=session])", &[]).await;
    let told = stage.world.told(&stage.conformance.token().await).await;
    assert_eq!(told["sid"], one.id_claims()["sid"]);
    // Because somebody else signs in at her browser.
    let request = stage
        .world
        .conformance()
        .authorize("openid")
        .with("prompt", "login");
    let page = here.get(&request.url()).await;
    here.sign_in(&stage.world, &page, BOB).await;
    let told = stage.world.told(&stage.conformance.token().await).await;
    assert_eq!(told["sid"], mine.id_claims()["sid"]);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_partner_that_is_down_is_told_when_it_is_back() {
    let mut stage = Stage::set().await;
    stage.conformance.is(Mood::Answers(503));
    let (mut browser, one, _) = stage.signed_in().await;
    sign_out(&stage.world, &mut browser, &one).await;
    let first = stage.conformance.token().await;
    // The other one need not wait for it.
    stage.fashionboard.token().await;
    let second = stage.conformance.token_later(&stage.world).await;
    assert_ne!(second, first);
    stage.world.advance(3_600).await;
    stage.conformance.is(Mood::Answers(204));
    // Made when it is sent: a late one is no old one.
    let third = stage.conformance.token_later(&stage.world).await;
    let told = stage.world.told(&third).await;
    assert_eq!(told["sid"], one.id_claims()["sid"]);
    stage.world.advance(86_400).await;
    stage.fence().await;
    assert!(stage.conformance.rest().is_empty(), "it took it");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn who_refuses_a_token_is_not_asked_again_and_who_is_away_for_a_day_is_given_up() {
    let mut stage = Stage::set().await;
    stage.conformance.is(Mood::Answers(400));
    stage.fashionboard.is(Mood::Answers(500));
    let (mut browser, one, _) = stage.signed_in().await;
    sign_out(&stage.world, &mut browser, &one).await;
    stage.conformance.token().await;
    stage.fashionboard.token().await;
    stage.world.advance(86_400).await;
    stage.fashionboard.token_later(&stage.world).await;
    stage.world.advance(86_400).await;
    for receiver in [&stage.conformance, &stage.fashionboard] {
        receiver.is(Mood::Answers(200));
    }
    stage.fence().await;
    stage.fashionboard.token().await;
    assert!(stage.conformance.rest().is_empty());
    assert!(stage.fashionboard.rest().is_empty());
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "no Lambda asks a server on this machine")]
async fn a_partner_that_hangs_delays_nobody() {
    let [mut both, quick] = Receiver::pair("slow", "quick").await;
    let world = World::telling(&both.uri, &quick.uri).await;
    both.is(Mood::Hangs);
    let (slow, fast) = (world.conformance(), world.fashionboard());
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let mut browser = world.browser();
        let tokens = slow.tokens(&world, &mut browser, "openid", ALICE).await;
        fast.tokens(&world, &mut browser, "openid", ALICE).await;
        sessions.push((browser, tokens));
    }
    for (browser, tokens) in &mut sessions {
        // Nor does she wait for it herself.
        sign_out(&world, browser, tokens).await;
    }
    let mut order = Vec::new();
    while order.last() != Some(&"left alone") {
        order.push(match both.next().await {
            Event::Token { at, .. } => at,
            Event::LeftAlone { .. } => "left alone",
        });
    }
    order.sort_unstable();
    assert_eq!(order, ["left alone", "quick", "quick", "quick", "slow"]);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a_restart_loses_no_notice() {
    for mood in [Mood::Answers(503), Mood::Hangs] {
        let mut stage = Stage::set().await;
        stage.conformance.is(mood);
        let (mut browser, one, _) = stage.signed_in().await;
        sign_out(&stage.world, &mut browser, &one).await;
        stage.conformance.token().await;
        stage.world.restart().await;
        stage.conformance.is(Mood::Answers(200));
        let token = stage.conformance.token_later(&stage.world).await;
        let told = stage.world.told(&token).await;
        assert_eq!(told["sid"], one.id_claims()["sid"], "{mood:?}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads how the local server refuses to start")]
async fn ss2_a_logout_address_on_a_private_network_is_refused_at_registration() {
    let own = "{scheme}://fashionboard.localhost:{port}/backchannel-logout";
    for address in [
        "http://partner.example/told",
        "https://10.0.0.1/told",
        "https://192.168.1.1/told",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/told",
        "https://[::ffff:10.0.0.1]/told",
        "https://167772161/told",
        "https://intranet/told",
        "https://partner.example:22/told",
        "https://partner.internal/told",
        "https://partner.local/told",
        "https://partner.home.arpa/told",
        "https://partner.example/told#part",
        "https://user:secret@partner.example/told",
        "ftp://partner.example/told",
        "/told",
    ] {
        let line = World::refusal(&[(own, address)]).await;
        assert!(
            line.contains("fashionboard.backchannel_logout_uri"),
            "{address}: {line}"
        );
    }
}

/// What partners of a brand on this machine may do is refused to those of any other, sandbox or not.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads how the local server refuses to start")]
async fn ss2_a_brand_of_the_internet_has_no_partner_on_this_machine() {
    let own = "{scheme}://fashionboard.localhost:{port}/backchannel-logout";
    for address in [
        "http://127.0.0.1:8080/told",
        "https://127.0.0.1:8080/told",
        "https://[::1]:8080/told",
        "http://localhost:8080/told",
        "https://localhost:8080/told",
        "https://partner.localhost:8080/told",
    ] {
        let issuer = (
            "{scheme}://auth.urbantrend.localhost:{port}",
            "https://auth.urbantrend.example",
        );
        let line = World::refusal(&[issuer, (own, address)]).await;
        assert!(
            line.contains("fashionboard.backchannel_logout_uri"),
            "{address}: {line}"
        );
    }
}
