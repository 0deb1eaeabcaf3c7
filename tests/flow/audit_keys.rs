//! The audit trail of signing keys (OP2): each step of a key's life is one line.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Trail, World};

/// Which key it was, a line says by its name in the JWKS.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn op2_a_signing_key_is_told_at_each_step_of_its_life() {
    let (trail, world) = (Trail::begin(), World::start().await);
    let old = world.urbantrend().keys().await;
    let ask = json!({ "tenant": "northpeak", "algorithm": "RS256" });
    world.dev(Method::POST, "/dev/keys/rotate", Some(ask)).await;
    let published = trail.lines();
    assert_eq!(trail.tell(&published[0]), "key_published northpeak (command)");
    assert_eq!(published.len(), 1);
    assert!(!old.contains_key(&published[0]["key"]));
    let mut names = vec![published[0]["key"].to_owned()];
    for (seconds, told) in [
        (601, "key_activated northpeak (schedule)"),
        (4_201, "key_withdrawn northpeak (schedule)"),
        (89 * 86_400, ""),
    ] {
        world.advance(seconds).await;
        let lines = trail.lines();
        assert_eq!(
            lines
                .iter()
                .map(|line| trail.tell(line))
                .collect::<Vec<_>>()
                .join("; "),
            told
        );
        names.extend(lines.iter().map(|line| line["key"].to_owned()));
    }
    assert_eq!(names[0], names[1]);
    assert_ne!(names[1], names[2]);
    // All others have become old meanwhile.
    world.advance(2 * 86_400).await;
    let mut told = trail.told();
    told.sort();
    told.dedup();
    assert_eq!(
        told,
        [
            "key_forgotten northpeak (schedule)",
            "key_published northpeak (schedule)",
            "key_published urbantrend (schedule)"
        ]
    );
}
