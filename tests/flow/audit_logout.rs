//! What the trail says of partners that are told of a logout, behind the pages and later.

use std::time::Duration;

use crate::harness::{ALICE, Mood, Receiver, Trail, World};

/// Alice signs in at two partners and out again.
async fn comes_and_goes(world: &World) {
    let mut browser = world.browser();
    let (one, two) = (world.conformance(), world.fashionboard());
    one.tokens(world, &mut browser, "openid", ALICE).await;
    let tokens = two.tokens(world, &mut browser, "openid", ALICE).await;
    let (issuer, hint) = (world.urbantrend().issuer, tokens.id.unwrap());
    browser
        .get(&format!("{issuer}/oauth2/sessions/logout?id_token_hint={hint}"))
        .await;
}

/// Waits for a line, and answers whatever else is said of partners until then.
async fn hears(trail: &Trail, line: &str) -> Vec<String> {
    let mut others = Vec::new();
    let heard = async {
        loop {
            for told in trail.told() {
                if told == line {
                    return;
                }
                others.extend(Some(told).filter(|told| told.starts_with("logout_")));
            }
            tokio::task::yield_now().await;
        }
    };
    let heard = tokio::time::timeout(Duration::from_mins(1), heard).await;
    assert!(heard.is_ok(), "nobody says {line}");
    others
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "reads this process's log")]
async fn op2_who_was_told_is_in_the_trail() {
    let (trail, receivers) = (Trail::begin(), [Receiver::start().await, Receiver::start().await]);
    let world = World::telling(&receivers[0].uri, &receivers[1].uri).await;
    receivers[1].is(Mood::Hangs);
    comes_and_goes(&world).await;
    let others = hears(&trail, "logout_told urbantrend conformance").await;
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_who_could_not_be_told_is_in_the_trail_with_the_cause() {
    let (trail, mut receivers) = (Trail::begin(), [Receiver::start().await, Receiver::start().await]);
    let world = World::telling(&receivers[0].uri, &receivers[1].uri).await;
    receivers[0].is(Mood::Answers(400));
    receivers[1].is(Mood::Answers(500));
    comes_and_goes(&world).await;
    let others = hears(&trail, "logout_undelivered urbantrend conformance (refused)").await;
    assert!(others.is_empty(), "{others:?}");
    receivers[1].token().await;
    world.advance(90_000).await;
    let others = hears(&trail, "logout_undelivered urbantrend fashionboard (gave_up)").await;
    assert!(others.is_empty(), "{others:?}");
}
