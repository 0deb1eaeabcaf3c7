use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::*;
use crate::{
    tests::attacks,
    tls_server::{Reply, TlsServer},
};

const X: &str = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
const Y: &str = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA";

struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

fn keys(outbound: Outbound) -> (FetchedClientKeys, Arc<Moved>) {
    let clock = Arc::new(Moved(1_000.into()));
    let keys = FetchedClientKeys::new(Arc::new(outbound), Arc::clone(&clock) as Arc<dyn Clock>);
    (keys, clock)
}

fn here(server: &TlsServer) -> Outbound {
    Outbound::trusting(|address| address.is_loopback(), &server.pem)
}

fn p256(kid: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": X, "y": Y })
}

fn published(keys: &[Value]) -> Reply {
    Reply::typed("application/json", &json!({ "keys": keys }).to_string())
}

async fn kids(keys: &FetchedClientKeys, server: &TlsServer, kid: &str) -> Vec<String> {
    let found = keys.published_at(&server.url("/jwks"), Some(kid)).await.unwrap();
    found
        .into_iter()
        .map(|key| key.common.key_id.unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn a055_a_new_key_is_found_and_a_set_is_read_no_more_often_than_needed() {
    let published_kid = Arc::new(Mutex::new("a"));
    let answer = Arc::clone(&published_kid);
    let server = TlsServer::start(move |_| published(&[p256(&answer.lock().unwrap())])).await;
    let (keys, clock) = keys(here(&server));
    for _ in 0..3 {
        assert_eq!(kids(&keys, &server, "a").await, ["a"]);
    }
    assert_eq!(server.seen().len(), 1);
    *published_kid.lock().unwrap() = "b";
    assert_eq!(kids(&keys, &server, "b").await, ["b"]);
    for kid in ["a", "c", "d"] {
        assert_eq!(kids(&keys, &server, kid).await, ["b"]);
    }
    assert_eq!(server.seen().len(), 2);
    clock.0.fetch_add(60, Ordering::SeqCst);
    kids(&keys, &server, "c").await;
    assert_eq!(server.seen().len(), 3);
    assert!(server.seen()[0].starts_with("GET /jwks HTTP/1.1\r\n"));
}

#[tokio::test]
async fn many_who_ask_at_once_read_once() {
    let server = TlsServer::start(|_| published(&[p256("a")])).await;
    let (keys, _) = keys(here(&server));
    let asking = (0..16).map(|_| kids(&keys, &server, "a"));
    for found in futures_util::future::join_all(asking).await {
        assert_eq!(found, ["a"]);
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_set_that_cannot_be_read_is_kept_for_an_hour_and_not_asked_for_by_every_request() {
    let broken = Arc::new(Mutex::new(false));
    let answer = Arc::clone(&broken);
    let server = TlsServer::start(move |_| {
        if *answer.lock().unwrap() {
            return Reply::json("503 Service Unavailable", "");
        }
        published(&[p256("a")])
    })
    .await;
    let (keys, clock) = keys(here(&server));
    assert_eq!(kids(&keys, &server, "a").await, ["a"]);
    *broken.lock().unwrap() = true;
    clock.0.fetch_add(300, Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(kids(&keys, &server, "a").await, ["a"]);
    }
    assert_eq!(server.seen().len(), 2);
    clock.0.fetch_add(3_300, Ordering::SeqCst);
    assert!(kids(&keys, &server, "a").await.is_empty());
    *broken.lock().unwrap() = false;
    clock.0.fetch_add(10, Ordering::SeqCst);
    assert_eq!(kids(&keys, &server, "a").await, ["a"]);
}

#[tokio::test]
async fn a_key_that_no_signature_may_be_of_does_not_count() {
    let mut others = vec![
        json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0" }),
        json!({ "kty": "RSA", "kid": "short", "n": "_".repeat(168), "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-384", "kid": "curve", "x": X, "y": Y }),
        json!({ "kty": "later", "kid": "unknown" }),
        json!("no key"),
    ];
    for (member, value) in [("d", X), ("use", "enc")] {
        let mut key = p256(member);
        key[member] = json!(value);
        others.push(key);
    }
    others.push(p256("good"));
    others
        .push(json!({ "kty": "RSA", "kid": "long", "n": "_".repeat(341) + "w", "e": "AQAB", "use": "sig" }));
    let server = TlsServer::start(move |_| published(&others)).await;
    let (keys, _) = keys(here(&server));
    assert_eq!(kids(&keys, &server, "good").await, ["good", "long"]);
}

#[tokio::test]
async fn of_very_many_keys_some_count() {
    let server =
        TlsServer::start(|_| published(&(0..200).map(|n| p256(&n.to_string())).collect::<Vec<_>>())).await;
    let (keys, _) = keys(here(&server));
    assert_eq!(kids(&keys, &server, "0").await.len(), MOST_KEYS);
}

#[tokio::test]
async fn what_is_no_key_set_has_no_keys() {
    for body in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#, "<html>"] {
        let server = TlsServer::start(move |_| Reply::typed("application/json", body)).await;
        let (keys, _) = keys(here(&server));
        assert!(kids(&keys, &server, "a").await.is_empty(), "{body}");
    }
}

#[tokio::test]
async fn ss2_a_private_jwks_uri_is_not_asked() {
    let server = TlsServer::start(|_| published(&[p256("a")])).await;
    for (outbound, url) in attacks::refused(&server) {
        let (keys, _) = keys(outbound);
        assert_eq!(keys.published_at(&url, Some("a")).await.unwrap(), [], "{url}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn ss2_a_jwks_uri_that_answers_badly_has_no_keys() {
    let set = json!({ "keys": [p256("a")] }).to_string();
    for (name, reply) in attacks::bad_answers(&set) {
        let server = TlsServer::start(move |_| reply.clone()).await;
        let (keys, _) = keys(here(&server));
        assert!(kids(&keys, &server, "a").await.is_empty(), "{name}");
        assert_eq!(server.seen().len(), 1, "{name}");
    }
}
