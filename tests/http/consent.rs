//! `/consent`: what a form can allow, for whom, and how often.

use crate::harness::{ALICE, BOB, Tokens, World, filled};

#[tokio::test]
async fn a036_denying_returns_access_denied_and_keeps_the_session() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let page = browser.deny(&page).await;
    let answer = page.callback();
    assert_eq!(answer["error"], "access_denied");
    assert_eq!(answer["state"], request.get("state"));
    assert_eq!(answer["iss"], world.urbantrend().issuer);
    assert!(!answer.contains_key("code"));
    assert_eq!(browser.silently(&request).await, "consent_required");
}

#[tokio::test]
async fn a038_only_what_is_new_is_asked_and_each_app_is_asked_for_itself() {
    let world = World::start().await;
    let client = world.fashionboard();
    let mut browser = world.browser();
    let first = client.authorize("openid profile loyalty.tier.read");
    let page = browser.reach_consent(&world, &first, ALICE).await;
    let mut asked = page.scopes();
    asked.sort_unstable();
    assert_eq!(asked, ["loyalty.tier.read", "profile"]);
    browser.allow(&page).await;
    assert_eq!(browser.silently(&first).await, "code");
    let more = client.authorize("openid profile loyalty.tier.read loyalty.points.read");
    assert_eq!(browser.silently(&more).await, "consent_required");
    let page = browser.get(&more.url()).await;
    assert_eq!(page.scopes(), ["loyalty.points.read"]);
    assert_eq!(
        page.attrs("[data-allowed]", "data-allowed"),
        ["loyalty.tier.read", "profile"]
    );
    // Denying what is new leaves what was.
    browser.deny(&page).await;
    assert_eq!(browser.silently(&first).await, "code");
    let page = browser.get(&more.url()).await;
    browser.allow(&page).await;
    assert_eq!(browser.silently(&more).await, "code");
    assert_eq!(
        browser.silently(&world.conformance().authorize("openid")).await,
        "consent_required"
    );
    // And each member.
    let mut other = world.browser();
    other.reach_consent(&world, &first, BOB).await;
}

#[tokio::test]
async fn co1_a_form_can_take_away_and_never_add() {
    let world = World::start().await;
    let client = world.conformance_north();
    for (ticked, granted) in [
        (vec![], "openid profile"),
        (vec!["trail.log.read"], "openid profile trail.log.read"),
        (
            vec![
                "email",
                "offline_access",
                "phone",
                "admin",
                "*",
                "loyalty.tier.read",
            ],
            "openid profile",
        ),
        (vec!["trail.log.read email"], "openid profile"),
    ] {
        let request = client.authorize("openid profile trail.log.read");
        let mut browser = world.browser();
        let page = browser
            .reach_consent(&world, &request.clone().with("prompt", "consent"), ALICE)
            .await;
        assert!(page.has("input[type=checkbox][value='trail.log.read']:not([checked])"));
        let (action, mut fields) = filled(&page, "form#consent-form", &[("decision", "allow")]);
        fields.extend(ticked.iter().map(|s| ("scope".to_owned(), (*s).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        let page = browser.post(action.as_str(), &fields).await;
        let tokens = client.redeem(&world, &request, &page).await;
        assert_eq!(tokens.scope().join(" "), granted, "{ticked:?}");
        assert_eq!(tokens.refresh, None);
        // The next round is asked anew.
        let mut account = browser.get(&format!("{}/account", client.brand.issuer)).await;
        account = browser
            .get(
                account
                    .url
                    .join("/account/revoke?client=conformance")
                    .unwrap()
                    .as_str(),
            )
            .await;
        browser.submit(&account, "form#revoke-form", &[]).await;
    }
}

#[tokio::test]
async fn co1_a_client_cannot_be_allowed_what_it_may_not_ask() {
    let world = World::start().await;
    let client = world.fashionboard();
    let request = client.authorize("openid loyalty.tier.read loyalty.points.redeem");
    let mut browser = world.browser();
    let page = browser.get(&request.url()).await;
    if let Some(error) = page.callback().get("error") {
        assert_eq!(error, "invalid_scope");
        return;
    }
    let page = browser.reach_consent(&world, &request, ALICE).await;
    assert_eq!(page.scopes(), ["loyalty.tier.read"]);
    let changes = [("decision", "allow"), ("scope", "loyalty.points.redeem")];
    let page = browser.submit(&page, "form#consent-form", &changes).await;
    let tokens = client.redeem(&world, &request, &page).await;
    assert_eq!(tokens.scope(), ["loyalty.tier.read", "openid"]);
}

#[tokio::test]
async fn co2_fields_that_are_not_the_forms_own_change_nothing() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let changes = [
        ("client_id", "shopease"),
        ("redirect_uri", "https://evil.example/cb"),
        ("state", "evil"),
        ("member", "ut-1002"),
        ("sub", "ut-1002"),
        ("tenant", "northpeak"),
        ("resource", "https://evil.example"),
        ("decision", "allow"),
    ];
    let answer = browser.submit(&page, "form#consent-form", &changes).await;
    assert!(
        answer.url.as_str().starts_with(request.get("redirect_uri")),
        "{}",
        answer.url
    );
    assert_eq!(answer.callback()["state"], request.get("state"));
    let client = world.conformance();
    let tokens = client.redeem(&world, &request, &answer).await;
    let other = client.tokens(&world, &mut world.browser(), "openid", ALICE).await;
    assert_eq!(
        tokens.id_claims()["sub"],
        other.id_claims()["sub"],
        "the member who was asked"
    );
    // What names the ticket itself opens no other one.
    let page = browser
        .reach_consent(&world, &world.conformance().authorize("openid profile"), ALICE)
        .await;
    for tx in ["", "AAAAAAAAAAAAAAAA", "../../x", "%00"] {
        let changes = [("tx", tx), ("decision", "allow")];
        let answer = browser.submit(&page, "form#consent-form", &changes).await;
        assert_eq!(answer.status, 400, "{tx}");
    }
    for decision in ["", "ALLOW", "yes", "deny allow"] {
        let answer = browser
            .submit(&page, "form#consent-form", &[("decision", decision)])
            .await;
        assert_eq!(answer.error(), "invalid_request", "{decision}");
    }
    let more = world.conformance().authorize("openid profile");
    assert_eq!(browser.silently(&more).await, "consent_required");
}

#[tokio::test]
async fn co3_a_replayed_ticket_gives_no_second_grant_and_deny_is_final() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    // A copy of the browser as it was, with the ticket still open.
    let mut before = browser.clone();
    browser.deny(&page).await;
    let flipped = before.allow(&page).await;
    assert_eq!(flipped.error(), "transaction_finished");
    assert_eq!(browser.silently(&request).await, "consent_required");
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let mut before = browser.clone();
    browser.allow(&page).await;
    let account = browser
        .get(&format!("{}/account", world.urbantrend().issuer))
        .await;
    // Allowing what is allowed ends where the first did; it cannot be turned into a refusal of anything.
    let again = before.allow(&page).await;
    assert_eq!(again.callback()["state"], request.get("state"));
    let later = browser.get(account.url.as_str()).await;
    assert_eq!(
        later.attrs("form.revoke", "data-client"),
        account.attrs("form.revoke", "data-client")
    );
    assert_eq!(browser.silently(&request).await, "code");
}

#[tokio::test]
async fn co3_a_ticket_of_before_the_withdrawal_does_not_bring_the_consent_back() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let mut before = browser.clone();
    browser.allow(&page).await;
    let revoke = format!("{}/account/revoke?client=conformance", world.urbantrend().issuer);
    let confirm = browser.get(&revoke).await;
    browser.submit(&confirm, "form#revoke-form", &[]).await;
    assert_eq!(before.allow(&page).await.error(), "transaction_finished");
    assert_eq!(browser.silently(&request).await, "consent_required");
}

#[tokio::test]
async fn co4_a_ticket_is_its_members_and_its_browsers() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut alice = world.browser();
    let page = alice.reach_consent(&world, &request, ALICE).await;
    let mut bob = world.browser();
    bob.through(&world, &world.conformance().authorize("openid").url(), BOB)
        .await;
    let session = bob.session().unwrap();
    // Bob's session and Alice's ticket in one browser: he is asked for himself, and hers is not answered.
    let mut mixed = alice.clone();
    mixed.plant_session(&session);
    let answer = mixed.allow(&page).await;
    assert!(answer.has("form#consent-form"), "{}", answer.url);
    assert_eq!(alice.silently(&request).await, "consent_required");
    // Her other browser has her session and not the ticket.
    let mut other = world.browser();
    other.reach_consent(&world, &request, ALICE).await;
    assert_eq!(other.allow(&page).await.error(), "transaction_not_found");
    assert!(alice.allow(&page).await.callback().contains_key("code"));
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_is_given_no_code() {
    let world = World::start().await;
    let request = world.conformance().authorize("openid profile");
    let mut stolen = world.browser();
    let page = stolen.reach_consent(&world, &request, ALICE).await;
    let mut own = world.browser();
    let account = format!("{}/account", world.urbantrend().issuer);
    let phone = own.get(&account).await;
    let list = own.sign_in(&world, &phone, ALICE).await;
    own.submit(&list, "form[action='/account/end-session']", &[])
        .await;
    let answer = stolen.allow(&page).await;
    assert!(answer.has("form#phone-form"), "{}", answer.url);
}

/// NorthPeak's trail log is optional.
const TRAIL: &str = "trail.log.read";

#[tokio::test]
async fn co1_an_optional_scope_left_out_is_taken_away_and_not_asked_again() {
    let world = World::start().await;
    let client = world.conformance_north();
    let mut browser = world.browser();
    let scope = format!("openid profile offline_access {TRAIL}");
    let first = client.authorize(&scope);
    let page = browser.reach_consent(&world, &first, ALICE).await;
    let fields = [("decision", "allow"), ("scope", TRAIL)];
    let callback = browser.submit(&page, "form#consent-form", &fields).await;
    let ticked = client.redeem(&world, &first, &callback).await;
    assert!(ticked.scope().contains(&TRAIL));

    let again = client.authorize(&scope).with("prompt", "consent");
    let page = browser.get(&again.url()).await;
    assert!(page.scopes().contains(&TRAIL.to_owned()));
    let callback = browser.allow(&page).await;
    let left_out = client.redeem(&world, &again, &callback).await;
    assert!(!left_out.scope().contains(&TRAIL), "{:?}", left_out.scope());
    // Not by an older refresh token either.
    let refreshed = Tokens::of(client.refresh(&world, ticked.refresh.as_deref().unwrap()).await).await;
    assert!(!refreshed.scope().contains(&TRAIL), "{:?}", refreshed.scope());
    // And never asked again unless the partner insists.
    let silent = client.authorize(&scope).with("prompt", "none");
    assert!(browser.get(&silent.url()).await.callback().contains_key("code"));
}

#[tokio::test]
async fn co1_what_is_left_out_in_one_tab_is_not_given_through_the_other() {
    let world = World::start().await;
    let client = world.conformance_north();
    let scope = format!("openid profile {TRAIL}");
    let request = client.authorize(&scope);
    let mut browser = world.browser();
    let page = browser.reach_consent(&world, &request, ALICE).await;
    let mut before = browser.clone();
    let ticked = [("decision", "allow"), ("scope", TRAIL)];
    let callback = browser.submit(&page, "form#consent-form", &ticked).await;
    let all = client.redeem(&world, &request, &callback).await;
    assert!(all.scope().contains(&TRAIL));
    let callback = before.allow(&page).await;
    let less = client.redeem(&world, &request, &callback).await;
    assert_eq!(less.scope(), ["openid", "profile"]);
    // Her last answer counts from then on.
    let (silent, callback) = client.code(&world, &mut browser, &scope, ALICE).await;
    let later = client.redeem(&world, &silent, &callback).await;
    assert_eq!(later.scope(), ["openid", "profile"]);
}

#[tokio::test]
async fn co1_leaving_out_twice_is_one_answer() {
    let world = World::start().await;
    let client = world.conformance_north();
    let request = client
        .authorize(&format!("openid profile {TRAIL}"))
        .with("prompt", "consent");
    let mut first = world.browser();
    let page = first.reach_consent(&world, &request, ALICE).await;
    let mut second = first.clone();
    for browser in [&mut first, &mut second] {
        let callback = browser.allow(&page).await;
        let tokens = client.redeem(&world, &request, &callback).await;
        assert_eq!(tokens.scope(), ["openid", "profile"]);
    }
}

#[tokio::test]
async fn co3_what_was_denied_is_asked_again_though_all_of_it_was_allowed_before() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    client.code(&world, &mut browser, "openid profile", ALICE).await;
    let request = client.authorize("openid profile").with("prompt", "consent");
    let page = browser.get(&request.url()).await;
    let (mut before, mut later) = (browser.clone(), browser.clone());
    browser.deny(&page).await;
    assert!(before.allow(&page).await.has("form#consent-form"));
    // Nor does it count because something was allowed since.
    let next = client.authorize("openid profile").with("prompt", "consent");
    let asked = browser.get(&next.url()).await;
    assert!(browser.allow(&asked).await.callback().contains_key("code"));
    assert!(later.allow(&page).await.has("form#consent-form"));
}
