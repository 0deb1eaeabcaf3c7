//! Where a device begins (RFC 8628 s3.1, s3.2).

use std::collections::BTreeSet;

use reqwest::Method;

use crate::harness::{World, answer_header, fields, not_cacheable, refusal};

const PATH: &str = "/oauth2/device/auth";

fn is(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

#[tokio::test]
async fn a093_a_device_is_given_two_codes_and_where_to_send_her() {
    let world = World::start().await;
    let tv = world.tv();
    let answer = tv.begin(&world, &[("scope", "openid")]).await;
    not_cacheable(&answer);
    let codes = tv.device_codes(&world, "openid").await;
    let issuer = &tv.brand.issuer;
    assert_eq!(codes.all["verification_uri"], format!("{issuer}/device"));
    let complete = format!("{issuer}/device?user_code={}", codes.user);
    assert_eq!(codes.all["verification_uri_complete"], complete);
    assert_eq!(codes.all["expires_in"], 600);
    let metadata = tv.brand.json("/.well-known/openid-configuration").await;
    assert_eq!(
        metadata["device_authorization_endpoint"],
        format!("{issuer}{PATH}")
    );
}

/// RFC 8628 s3.2: five seconds are also what is meant where nothing is said.
#[tokio::test]
async fn the_interval_is_said_and_nothing_beside_the_six_members() {
    let world = World::start().await;
    let codes = world.tv().device_codes(&world, "openid").await;
    assert_eq!(codes.all["interval"], 5);
    assert_eq!(codes.all.as_object().unwrap().len(), 6);
}

#[tokio::test]
async fn a093_codes_are_of_twenty_consonants_and_never_the_same() {
    let world = World::start().await;
    let (mut users, mut devices, mut letters) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for _ in 0..40 {
        let codes = world.tv().device_codes(&world, "openid").await;
        let (left, right) = codes.user.split_once('-').unwrap();
        assert_eq!((left.len(), right.len()), (4, 4));
        letters.extend(left.chars().chain(right.chars()));
        // 43 characters of base64url are 256 bits.
        assert!(codes.device.len() >= 43, "{}", codes.device);
        assert!(!codes.device.contains(left) && !codes.device.contains(&codes.user));
        users.insert(codes.user);
        devices.insert(codes.device);
    }
    assert_eq!((users.len(), devices.len()), (40, 40));
    let alphabet: BTreeSet<char> = "BCDFGHJKLMNPQRSTVWXZ".chars().collect();
    assert!(letters.is_subset(&alphabet), "{letters:?}");
    // 320 letters: that one of twenty is not among them happens once in a million runs.
    assert_eq!(letters, alphabet);
}

#[tokio::test]
async fn a093_only_a_client_of_this_grant_begins() {
    let world = World::start().await;
    let answer = world.conformance().begin(&world, &[("scope", "openid")]).await;
    assert_eq!(refusal(answer).await, is(400, "unauthorized_client"));
}

/// RFC 6749 s3.3: a server has a default for who names no scope, or refuses.
#[tokio::test]
async fn a093_a_device_says_what_it_asks_for() {
    let world = World::start().await;
    let found = refusal(world.tv().begin(&world, &[]).await).await;
    assert_eq!(found, is(400, "invalid_scope"));
}

#[tokio::test]
async fn a093_a_device_begins_with_what_it_may_ask_for() {
    let world = World::start().await;
    let tv = world.tv();
    for (pairs, error) in [
        (vec![("scope", "email")], "invalid_scope"),
        (vec![("scope", "openid"), ("scope", "profile")], "invalid_request"),
        (
            vec![("scope", "openid"), ("resource", "https://nobody.example")],
            "invalid_target",
        ),
    ] {
        let found = refusal(tv.begin(&world, &pairs).await).await;
        assert_eq!(found, is(400, error), "{pairs:?}");
    }
}

#[tokio::test]
async fn a093_only_a_client_that_is_itself_begins() {
    let world = World::start().await;
    let tv = world.tv();
    let unknown = vec![("client_id", "nobody"), ("scope", "openid")];
    let found = refusal(tv.begin(&world, &unknown).await).await;
    assert_eq!(found, is(401, "invalid_client"));
    // With a secret, a client without one is not itself.
    let secret = tv
        .brand
        .request(Method::POST, PATH)
        .basic_auth("tv-demo", Some("x"));
    let answer = secret.form(&[("scope", "openid")]).send().await.unwrap();
    assert_eq!(refusal(answer).await, is(401, "invalid_client"));
    let in_address = tv
        .brand
        .request(Method::POST, &format!("{PATH}?client_id=tv-demo"));
    let answer = in_address.form(&[("scope", "openid")]).send().await.unwrap();
    assert_eq!(refusal(answer).await, is(400, "invalid_request"));
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a093_an_address_begins_so_often_and_no_more() {
    let section = "[tenants.urbantrend.policy.otp.address]";
    let limit =
        format!("[tenants.urbantrend.policy.device.authorization]\nrequests = 2\nwindow = 300\n\n{section}");
    let world = World::edited(&[(section, &limit)]).await;
    let tv = world.tv();
    let begin = || tv.begin(&world, &[("scope", "openid")]);
    assert_eq!(begin().await.status(), 200);
    // What is refused for another reason is not counted.
    assert_eq!(tv.begin(&world, &[("scope", "email")]).await.status(), 400);
    assert_eq!(begin().await.status(), 200);
    let limited = begin().await;
    assert_eq!(answer_header(&limited, "retry-after"), "300");
    not_cacheable(&limited);
    assert_eq!(refusal(limited).await, is(429, "slow_down"));
    // Neither the other brand nor a code that is typed is concerned, and time heals.
    let north = world.tv_north();
    assert_eq!(north.begin(&world, &[("scope", "openid")]).await.status(), 200);
    let typed = world.browser().connect(&tv.brand, "BCDF-GHJK").await;
    assert_eq!(typed.status, 400);
    world.advance(301).await;
    assert_eq!(begin().await.status(), 200);
}

#[tokio::test]
async fn a078_codes_are_for_the_scripts_of_their_client() {
    let (tv, spa) = ("https://tv.example", "https://spa.example");
    let clients = [("tv-demo", tv), ("spa-demo", spa)].map(|(client, origin)| {
        let section = format!("[tenants.urbantrend.clients.{client}]\n");
        let opened = format!("{section}allowed_origins = [\"{origin}\"]\n");
        (section, opened)
    });
    let edits = clients.each_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    let world = World::edited(&edits).await;
    for (client, status, reader) in [(world.tv(), 200, tv), (world.spa(), 400, spa)] {
        for origin in [tv, spa, "null"] {
            let request = client.form(&world, PATH, fields(&[("scope", "openid")])).await;
            let answer = request.header("origin", origin).send().await.unwrap();
            let open_to = answer_header(&answer, "access-control-allow-origin");
            assert_eq!(open_to == origin, origin == reader, "{origin}");
            if origin == reader {
                assert_eq!(answer.status(), status);
            }
        }
    }
}
