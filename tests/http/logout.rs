//! `/oauth2/sessions/logout`: who is signed out, what dies with it, and where the browser goes.

use reqwest::Method;
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::harness::{ALICE, BOB, Browser, Page, Tokens, World, tampered};

const BACK: &str = "http://127.0.0.1:3999/signed-out";
const ISSUER: &str = "auth.urbantrend.localhost";

struct Stage {
    world: World,
    browser: Browser,
    tokens: Tokens,
}

/// Alice, signed in at the conformance client.
async fn signed_in() -> Stage {
    let world = World::start().await;
    let mut browser = world.browser();
    let tokens = world
        .conformance()
        .tokens(&world, &mut browser, "openid", ALICE)
        .await;
    Stage {
        world,
        browser,
        tokens,
    }
}

impl Stage {
    fn address(&self, params: &[(&str, &str)]) -> String {
        let query = Serializer::new(String::new()).extend_pairs(params).finish();
        format!(
            "{}/oauth2/sessions/logout?{query}",
            self.world.urbantrend().issuer
        )
    }

    fn hint(&self) -> &str {
        self.tokens.id.as_deref().unwrap()
    }

    async fn session(&mut self) -> String {
        let request = self.world.conformance().authorize("openid");
        self.browser.clone().silently(&request).await
    }

    /// She is asked on our own page, and nothing has happened yet.
    async fn asked(&mut self, page: &Page, case: &str) {
        assert_eq!(page.url.host_str(), Some(&*self.world.host(ISSUER)), "{case}");
        assert!(page.has("form#logout-form"), "{case}: {}", page.body);
        assert_eq!(self.session().await, "code", "{case}");
    }

    /// Whatever the page says, nobody is signed out and nobody is sent anywhere.
    async fn stays(&mut self, page: &Page, case: &str) {
        assert_eq!(page.url.host_str(), Some(&*self.world.host(ISSUER)), "{case}");
        assert_eq!(self.session().await, "code", "{case}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a079_a_valid_hint_and_a_registered_uri_sign_out_and_lead_back_with_state() {
    for method in [Method::GET, Method::POST] {
        let mut stage = signed_in().await;
        // An expired hint is as good.
        stage.world.advance(7_200).await;
        let hint = stage.hint().to_owned();
        let params = [
            ("id_token_hint", &*hint),
            ("post_logout_redirect_uri", BACK),
            ("state", "a b&c=d/ü"),
            ("client_id", "conformance"),
        ];
        let page = if method == Method::GET {
            stage.browser.get(&stage.address(&params)).await
        } else {
            stage.browser.post(&stage.address(&[]), &params).await
        };
        assert!(page.url.as_str().starts_with(BACK), "{}", page.url);
        assert_eq!(page.callback()["state"], "a b&c=d/ü");
        assert!(!stage.browser.cookies[ISSUER].contains_key("__Host-session"));
        assert_eq!(stage.session().await, "login_required");
    }
    // The cookie of before is worth nothing either.
    let mut stage = signed_in().await;
    let mut before = stage.browser.clone();
    let page = stage
        .browser
        .get(&stage.address(&[
            ("id_token_hint", stage.hint()),
            ("post_logout_redirect_uri", BACK),
        ]))
        .await;
    assert_eq!(page.url.as_str(), BACK, "no state in, none out");
    let request = stage.world.conformance().authorize("openid");
    assert_eq!(before.silently(&request).await, "login_required");
}

#[tokio::test]
async fn a079_a_hint_alone_signs_out_and_says_so() {
    let mut stage = signed_in().await;
    let page = stage
        .browser
        .get(&stage.address(&[("id_token_hint", stage.hint())]))
        .await;
    assert!(page.has("main#signed-out"));
    assert_eq!(stage.session().await, "login_required");
}

#[tokio::test]
async fn a080_an_uri_that_is_not_registered_byte_for_byte_is_never_visited() {
    for uri in [
        "https://evil.example/",
        "http://127.0.0.1:3999/signed-out?x=1",
        "http://127.0.0.1:3999/signed-out/",
        "http://127.0.0.1:3999/signed-out#f",
        "http://127.0.0.1:3998/signed-out",
        "HTTP://127.0.0.1:3999/signed-out",
        "http://127.0.0.1:3999/callback",
        "http://shopease.localhost:4444/signed-out",
        "javascript:alert(1)",
        "//evil.example",
        "",
    ] {
        let mut stage = signed_in().await;
        let params = [
            ("id_token_hint", stage.hint()),
            ("post_logout_redirect_uri", uri),
            ("state", "s"),
        ];
        let address = stage.address(&params);
        let page = stage.browser.get(&address).await;
        assert_eq!(page.url.host_str(), Some(&*stage.world.host(ISSUER)), "{uri}");
        assert!(!page.body.contains("evil.example"), "{uri}");
    }
}

#[tokio::test]
async fn a_wrong_uri_does_not_keep_her_signed_in() {
    let mut stage = signed_in().await;
    let params = [
        ("id_token_hint", stage.hint()),
        ("post_logout_redirect_uri", "https://evil.example/"),
    ];
    let address = stage.address(&params);
    let page = stage.browser.get(&address).await;
    assert!(page.has("main#signed-out"), "{}", page.url);
    assert_eq!(stage.session().await, "login_required");
}

#[tokio::test]
async fn a080_lo1_a_hint_that_proves_nothing_moves_nobody() {
    let mut stage = signed_in().await;
    let north = stage
        .world
        .conformance_north()
        .tokens(&stage.world, &mut stage.world.browser(), "openid", ALICE)
        .await;
    let hint = stage.hint().to_owned();
    let none = {
        let payload = hint.split('.').nth(1).unwrap();
        format!("eyJhbGciOiJub25lIn0.{payload}.")
    };
    let other_audience = tampered(&hint, "aud", json!("shopease"));
    let other_member = tampered(&hint, "sub", json!("someone"));
    let access = stage.tokens.access.clone();
    for (case, hint) in [
        ("none", ""),
        ("garbage", "x.y.z"),
        ("alg none", &none),
        ("another audience", &other_audience),
        ("another member", &other_member),
        ("another brand", north.id.as_deref().unwrap()),
        ("an access token", &access),
    ] {
        let params = [
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", BACK),
            ("client_id", "conformance"),
            ("state", "s"),
        ];
        let page = stage.browser.get(&stage.address(&params)).await;
        stage.stays(&page, case).await;
    }
    let params = [
        ("id_token_hint", &*hint),
        ("post_logout_redirect_uri", BACK),
        ("client_id", "shopease"),
    ];
    let page = stage.browser.get(&stage.address(&params)).await;
    stage.stays(&page, "client_id is not the hint's").await;
    let repeated = format!("{}&id_token_hint=x", stage.address(&params));
    assert_eq!(stage.browser.get(&repeated).await.error(), "invalid_request");
    assert_eq!(stage.session().await, "code");
}

#[tokio::test]
async fn a081_without_proof_she_is_asked_and_then_signed_out() {
    let cases: [&[(&str, &str)]; 3] = [&[], &[("post_logout_redirect_uri", BACK)], &[("state", "s")]];
    for params in cases {
        let mut stage = signed_in().await;
        let page = stage.browser.get(&stage.address(params)).await;
        stage.asked(&page, &format!("{params:?}")).await;
        let page = stage.browser.submit(&page, "form#logout-form", &[]).await;
        assert!(page.has("main#signed-out"), "{params:?}");
        assert_eq!(page.url.host_str(), Some(&*stage.world.host(ISSUER)));
        assert_eq!(stage.session().await, "login_required");
        // The button a second time.
        let again = stage.browser.get(&stage.address(params)).await;
        assert!(again.has("main#signed-out"));
    }
}

#[tokio::test]
async fn a080_without_a_hint_no_uri_is_visited_whoever_is_named() {
    let mut stage = signed_in().await;
    let params = [("client_id", "conformance"), ("post_logout_redirect_uri", BACK)];
    let page = stage.browser.get(&stage.address(&params)).await;
    stage.asked(&page, "named, not proven").await;
    let page = stage.browser.submit(&page, "form#logout-form", &[]).await;
    assert!(page.has("main#signed-out"), "{}", page.url);
}

#[tokio::test]
async fn a081_lo1_a_hint_of_another_member_asks_first() {
    let mut stage = signed_in().await;
    let bob = stage
        .world
        .conformance()
        .tokens(&stage.world, &mut stage.world.browser(), "openid", BOB)
        .await;
    let params = [
        ("id_token_hint", bob.id.as_deref().unwrap()),
        ("post_logout_redirect_uri", BACK),
    ];
    let page = stage.browser.get(&stage.address(&params)).await;
    stage.asked(&page, "Bob's hint").await;
    let page = stage.browser.submit(&page, "form#logout-form", &[]).await;
    assert!(page.has("main#signed-out"));
    assert_eq!(stage.session().await, "login_required");
}

#[tokio::test]
async fn lo1_a_post_from_another_site_does_not_take_her_cookie_away() {
    let mut stage = signed_in().await;
    // SameSite=Lax: the form of another site is posted without her cookies, yet its answer may set some.
    let mut bare = stage.world.browser();
    bare.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    bare.headers.push(("origin", "https://evil.example".to_owned()));
    for fields in [vec![("csrf", "x")], vec![], vec![("id_token_hint", stage.hint())]] {
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect();
        let address = stage.address(&[]).parse().unwrap();
        let answer = bare.once(Method::POST, &address, Some(&fields)).await;
        assert!(answer.headers.get("set-cookie").is_none(), "{fields:?}");
    }
    // And with them, it is refused or asked.
    stage.browser.headers.clone_from(&bare.headers);
    let page = stage.browser.post(&stage.address(&[]), &[("csrf", "x")]).await;
    assert_eq!(
        (page.status.as_u16(), &*page.error()),
        (403, "cross_site_request")
    );
    let page = stage.browser.post(&stage.address(&[]), &[("state", "x")]).await;
    stage.asked(&page, "cross-site").await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a083_logout_ends_session_bound_tokens_and_offline_ones_stay() {
    let mut stage = signed_in().await;
    let client = stage.world.conformance();
    let other = stage.world.fashionboard();
    let shopease = stage.world.shopease();
    let bound = other
        .tokens(&stage.world, &mut stage.browser, "openid", ALICE)
        .await;
    let scope = "openid offline_access loyalty.points.read";
    let offline = shopease
        .tokens(&stage.world, &mut stage.browser, scope, ALICE)
        .await;
    let (request, page) = client
        .code(&stage.world, &mut stage.browser, "openid", ALICE)
        .await;
    let elsewhere = client
        .tokens(&stage.world, &mut stage.world.browser(), "openid", ALICE)
        .await;
    let params = [
        ("id_token_hint", stage.hint()),
        ("post_logout_redirect_uri", BACK),
    ];
    let address = stage.address(&params);
    stage.browser.get(&address).await;
    assert_eq!(client.userinfo(&stage.tokens.access).await.status(), 401);
    assert_eq!(other.userinfo(&bound.access).await.status(), 401, "every app's");
    // A code of the session is not worth a living token either.
    let late = client
        .token(
            &stage.world,
            client.exchange(&page.callback()["code"], &request.verifier),
        )
        .await;
    if late.status() == 200 {
        let late = Tokens::of(late).await;
        assert_eq!(client.userinfo(&late.access).await.status(), 401);
    }
    assert_eq!(client.userinfo(&elsewhere.access).await.status(), 200);
    assert_eq!(shopease.userinfo(&offline.access).await.status(), 200);
    let refreshed = shopease
        .refresh(&stage.world, offline.refresh.as_deref().unwrap())
        .await;
    assert_eq!(refreshed.status(), 200);
}

#[tokio::test]
async fn logout_at_one_brand_is_not_logout_at_the_other() {
    let mut stage = signed_in().await;
    let north = stage.world.conformance_north();
    north
        .tokens(&stage.world, &mut stage.browser, "openid", ALICE)
        .await;
    let address = stage.address(&[("id_token_hint", stage.hint())]);
    stage.browser.get(&address).await;
    assert_eq!(stage.browser.silently(&north.authorize("openid")).await, "code");
}
