//! The audit trail when the store stumbles (OP2, ST5): what happened is told once, whatever had to be tried again.

use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::{ALICE, Browser, Page, Tokens, Trail, World};

/// One life of a consent, from the number to the logout.
const TOLD: [&str; 9] = [
    "otp_sent urbantrend conformance m1",
    "otp_verified urbantrend conformance m1",
    "signed_in urbantrend conformance m1",
    "consent_given urbantrend conformance m1",
    "code_issued urbantrend conformance m1",
    "tokens_issued urbantrend conformance m1",
    "tokens_refreshed urbantrend conformance m1",
    "consent_withdrawn urbantrend conformance m1",
    "signed_out urbantrend conformance m1",
];

/// Opens an address until it answers.
async fn open(browser: &mut Browser, url: &str) -> Page {
    for _ in 0..3 {
        let page = browser.get(url).await;
        if page.status != 503 {
            return page;
        }
    }
    panic!("{url} stays out of reach")
}

/// Sends a form until it is taken. Where an address on the way onward is out of reach, that is opened again.
async fn send(browser: &mut Browser, page: &Page, form: &str, fields: &[(&str, &str)]) -> Page {
    for _ in 0..3 {
        let answer = browser.submit(page, form, fields).await;
        if answer.status != 503 {
            return answer;
        }
        if answer.url.path() != page.form(form).0.path() {
            return open(browser, answer.url.as_str()).await;
        }
    }
    panic!("{form} is not taken")
}

/// Asks for tokens until there are some.
async fn tokens(ask: impl AsyncFn() -> Response) -> Tokens {
    for _ in 0..3 {
        let answer = ask().await;
        if answer.status() != 503 {
            return Tokens::of(answer).await;
        }
    }
    panic!("no tokens")
}

async fn life(world: &World) {
    // Send limits and waits are others' business.
    world.advance(2 * 86_400).await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let request = client.authorize("openid offline_access");
    let page = open(&mut browser, &request.url()).await;
    let fields = [("phone", ALICE), ("action", "phone")];
    let page = send(&mut browser, &page, "form#phone-form", &fields).await;
    let code = world.code(ALICE).await;
    let fields = [("code", &*code), ("action", "code")];
    let page = send(&mut browser, &page, "form#code-form", &fields).await;
    let page = send(&mut browser, &page, "form#consent-form", &[("decision", "allow")]).await;
    let fields = client.exchange(&page.callback()["code"], &request.verifier);
    let first = tokens(async || client.token(world, fields.clone()).await).await;
    let refresh = first.refresh.unwrap();
    tokens(async || client.refresh(world, &refresh).await).await;
    let issuer = &client.brand.issuer;
    let page = open(
        &mut browser,
        &format!("{issuer}/account/revoke?client=conformance"),
    )
    .await;
    send(&mut browser, &page, "form#revoke-form", &[]).await;
    let hint = first.id.unwrap();
    let logout = format!("{issuer}/oauth2/sessions/logout?id_token_hint={hint}");
    open(&mut browser, &logout).await;
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_st5_trouble_neither_loses_nor_repeats_a_line() {
    let (trail, world) = (Trail::begin(), World::start().await);
    // Days go by in each life, and keys grow old in them: that is another story.
    let told = || -> Vec<String> {
        let lines = trail.told().into_iter();
        lines.filter(|line| !line.starts_with("key_")).collect()
    };
    // The second time there is a consent to be read and replaced, as in every later life.
    for _ in 0..2 {
        world.reset_counts().await;
        life(&world).await;
        assert_eq!(told(), TOLD, "without trouble");
    }
    let counts = world.dev(Method::GET, "/dev/counts", None).await;
    let counts: Value = counts.json().await.unwrap();
    let of = |name: &str| u32::try_from(counts["total"][name].as_u64().unwrap()).unwrap();
    let calls = of("store_reads") - of("member_lookups") + of("store_writes");
    assert!(calls > 20, "{calls}");
    for nth in 1..=calls {
        for mode in ["fail", "lose_answer"] {
            world.fault("store", mode, nth, 1).await;
            life(&world).await;
            assert_eq!(told(), TOLD, "{mode} at call {nth}");
        }
    }
}
