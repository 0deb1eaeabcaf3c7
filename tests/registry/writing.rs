use serde_json::{Value, json};
use symbolon::{
    ports::Registry,
    types::{ClientId, TenantId},
};
use symbolon_aws::{Contents, Leftover, WriteError, Written};

use super::{AUTHORITY, Bench, brand, with};

fn urbantrend() -> TenantId {
    TenantId::new("urbantrend")
}

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let bench = Bench::new().await;
    let all = Written {
        changed: 4,
        unchanged: 0,
    };
    assert_eq!(bench.seed(brand()).await, [all]);
    let before = bench.account.dump().await;
    let none = Written {
        changed: 0,
        unchanged: 4,
    };
    assert_eq!(bench.seed(brand()).await, [none]);
    assert_eq!(bench.account.dump().await.len(), before.len());
    for row in bench.account.dump().await {
        assert!(before.contains(&row), "{row:?}");
    }
}

#[tokio::test]
async fn only_what_changed_is_written_and_all_of_it_at_once() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let mut changed = with("/brand/name", json!("Urban Trend 2"));
    changed["tenants"]["urbantrend"]["clients"]["shopease"]["client_secret"] = json!("another-secret-2");
    let stored = bench.stored(changed).remove(0);
    let seen = bench.writer().contents().await.unwrap();
    bench.sent();
    let written = bench.writer().write(&stored, &seen).await.unwrap();
    assert_eq!(
        written,
        Written {
            changed: 2,
            unchanged: 2
        }
    );
    let sent = bench.account.wire.take();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].operation, "TransactWriteItems");
    assert_eq!(sent[0].body["TransactItems"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn more_than_a_hundred_clients_are_written_too() {
    let bench = Bench::new().await;
    let mut many = brand();
    let clients = many["tenants"]["urbantrend"]["clients"].as_object_mut().unwrap();
    let like = clients["fashionboard"].clone();
    clients.extend((0..210).map(|n| (format!("app-{n}"), like.clone())));
    assert_eq!(
        bench.seed(many).await,
        [Written {
            changed: 214,
            unchanged: 0
        }]
    );
    let contents = bench.writer().contents().await.unwrap();
    assert_eq!((contents.clients.len(), contents.unreadable.len()), (212, 0));
}

#[tokio::test]
async fn st7_no_secret_of_the_configuration_is_in_the_table() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let rows = format!("{:?}", bench.account.dump().await);
    for secret in [
        "shopease-secret-1",
        "fashionboard-secret",
        "424242",
        "7700900199",
        &"A".repeat(43),
    ] {
        assert!(brand().to_string().contains(secret));
        assert!(!rows.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_left_over_is_named_and_removed_on_request() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let mut other: Value = brand();
    other["tenants"]["zweite"] = other["tenants"]["urbantrend"].clone();
    other["tenants"]["zweite"]["issuer"] = json!("https://auth.zweite.tld");
    bench.seed(other).await;

    let mut fewer = with("/clients/shopease", Value::Null);
    fewer["tenants"]["urbantrend"]["issuer"] = json!("https://signin.urbantrend.tld");
    bench.seed(fewer.clone()).await;
    let contents = bench.writer().contents().await.unwrap();
    // Of a tenant that the configuration does not name, nothing is left over.
    let leftovers = contents.leftovers(&bench.stored(fewer.clone()));
    let shopease = ClientId::new("shopease");
    assert_eq!(
        leftovers,
        [
            Leftover::Client(urbantrend(), shopease.clone()),
            Leftover::Former(urbantrend(), AUTHORITY.to_owned()),
        ]
    );
    assert_eq!(contents.places[&urbantrend()], "signin.urbantrend.tld");

    let registry = bench.registry();
    assert!(registry.client(&urbantrend(), &shopease).await.unwrap().is_some());
    for leftover in &leftovers {
        bench.writer().remove(leftover).await.unwrap();
    }
    let registry = bench.registry();
    assert_eq!(registry.client(&urbantrend(), &shopease).await.unwrap(), None);
    assert_eq!(registry.tenant_by_authority(AUTHORITY).await.unwrap(), None);
    assert!(
        registry
            .tenant_by_authority("signin.urbantrend.tld")
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        registry
            .client(&TenantId::new("zweite"), &shopease)
            .await
            .unwrap()
            .is_some()
    );
    let contents = bench.writer().contents().await.unwrap();
    assert_eq!(contents.leftovers(&bench.stored(fewer)), []);
}

#[tokio::test]
async fn a_host_is_one_tenants_also_when_two_files_say_otherwise() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let before = bench.account.dump().await.len();
    for issuer in ["https://auth.urbantrend.tld", "https://auth.urbantrend.tld:8443"] {
        let mut thief = brand();
        thief["tenants"]["thief"] = thief["tenants"]["urbantrend"].take();
        thief["tenants"].as_object_mut().unwrap().remove("urbantrend");
        thief["tenants"]["thief"]["issuer"] = json!(issuer);
        let stored = bench.stored(thief).remove(0);
        let seen = bench.writer().contents().await.unwrap();
        let refused = bench.writer().write(&stored, &seen).await;
        assert_eq!(refused, Err(WriteError::HostTaken(urbantrend())));
        // A tool that looked before the other wrote.
        if issuer.ends_with("tld") {
            let raced = bench.writer().write(&stored, &Contents::default()).await;
            assert_eq!(raced, Err(WriteError::Conflict));
        }
    }
    assert_eq!(bench.account.dump().await.len(), before);
}
