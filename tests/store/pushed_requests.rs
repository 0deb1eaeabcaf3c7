use std::sync::Arc;

use symbolon::{
    model::{PushedOrigin, PushedRequest},
    ports::PushedRequests,
    types::Timestamp,
};

use super::backend::{Bench, NOW, RACERS, client, digest, on_every_backend, race};

on_every_backend![
    a_request_is_kept_as_it_was_and_reading_changes_nothing,
    a_request_ends_for_those_who_have_not_begun,
    an_unknown_request_is_absent,
    a_flow_ends_a_request_once,
    a_repeat_of_the_same_end_is_the_same_end,
    a_flow_may_end_after_its_request_expired_but_not_for_ever,
    a_flow_ends_once_though_its_request_is_forgotten,
    a_repeated_put_revives_nothing,
    of_racing_flows_one_ends_it,
    equal_requests_of_two_tenants_are_two,
];

const A: [u8; 16] = [1; 16];
const B: [u8; 16] = [2; 16];

pub(super) fn request() -> PushedRequest {
    PushedRequest {
        client: client("app"),
        parameters: "sealed-parameters".to_owned(),
        dpop_jkt: None,
        expires_at: NOW + 60,
    }
}

/// What a flow that began with it has taken along.
pub(super) fn origin(name: &str) -> PushedOrigin {
    request().origin(digest(name))
}

async fn put(b: &Bench) {
    PushedRequests::put(&*b.store, &b.tenant, &digest("r"), &request())
        .await
        .unwrap();
}

async fn get(b: &Bench, now: Timestamp) -> Option<PushedRequest> {
    PushedRequests::get(&*b.store, &b.tenant, &digest("r"), now)
        .await
        .unwrap()
}

async fn end(b: &Bench, nonce: &[u8; 16], now: Timestamp) -> bool {
    PushedRequests::consume(&*b.store, &b.tenant, &origin("r"), nonce, now)
        .await
        .unwrap()
}

async fn a_request_is_kept_as_it_was_and_reading_changes_nothing(b: Bench) {
    put(&b).await;
    for _ in 0..3 {
        assert_eq!(get(&b, NOW).await, Some(request()));
    }
}

async fn a_request_ends_for_those_who_have_not_begun(b: Bench) {
    put(&b).await;
    assert_eq!(get(&b, NOW + 59).await, Some(request()));
    assert_eq!(get(&b, NOW + 60).await, None);
}

async fn an_unknown_request_is_absent(b: Bench) {
    assert_eq!(get(&b, NOW).await, None);
    // Nothing came of asking.
    put(&b).await;
    assert_eq!(get(&b, NOW).await, Some(request()));
}

async fn a_flow_ends_a_request_once(b: Bench) {
    put(&b).await;
    assert!(end(&b, &A, NOW).await);
    assert_eq!(get(&b, NOW).await, None);
    assert!(!end(&b, &B, NOW).await);
}

async fn a_repeat_of_the_same_end_is_the_same_end(b: Bench) {
    put(&b).await;
    assert!(end(&b, &A, NOW).await);
    assert!(end(&b, &A, NOW + 1).await);
    assert!(!end(&b, &B, NOW + 1).await);
    assert_eq!(get(&b, NOW + 1).await, None);
}

async fn a_flow_may_end_after_its_request_expired_but_not_for_ever(b: Bench) {
    put(&b).await;
    assert!(end(&b, &A, NOW + 60 + 86_399).await);
    assert!(!end(&b, &A, NOW + 60 + 86_400).await);
}

async fn a_flow_ends_once_though_its_request_is_forgotten(b: Bench) {
    assert!(end(&b, &A, NOW + 3_600).await);
    assert!(end(&b, &A, NOW + 3_600).await);
    assert!(!end(&b, &B, NOW + 3_600).await);
    // Nor does anything begin with it any more.
    put(&b).await;
    assert_eq!(get(&b, NOW).await, None);
    assert!(!end(&b, &B, NOW + 60 + 86_399).await);
}

async fn a_repeated_put_revives_nothing(b: Bench) {
    put(&b).await;
    assert!(end(&b, &A, NOW).await);
    put(&b).await;
    assert_eq!(get(&b, NOW).await, None);
    assert!(!end(&b, &B, NOW).await);
}

async fn of_racing_flows_one_ends_it(b: Bench) {
    put(&b).await;
    let (store, tenant) = (b.store, b.tenant);
    let ends = race(|i| {
        let (store, tenant) = (Arc::clone(&store), tenant.clone());
        async move {
            PushedRequests::consume(&*store, &tenant, &origin("r"), &[i; 16], NOW)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(ends.iter().filter(|ended| **ended).count(), 1);
    assert_eq!(ends.len(), usize::from(RACERS));
}

async fn equal_requests_of_two_tenants_are_two(b: Bench) {
    put(&b).await;
    let there = PushedRequests::get(&*b.store, &b.other, &digest("r"), NOW).await;
    assert_eq!(there, Ok(None));
    let ended = PushedRequests::consume(&*b.store, &b.other, &origin("r"), &A, NOW).await;
    assert_eq!(ended, Ok(true));
    assert_eq!(get(&b, NOW).await, Some(request()));
}
