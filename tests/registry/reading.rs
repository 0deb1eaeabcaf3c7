use std::sync::Arc;

use serde_json::{Value, json};
use symbolon::{
    config::Configuration,
    keyring::Keyring,
    model::Client,
    ports::{PortResult, Registry, Unavailable},
    types::{ClientId, Secret, TenantId},
};
use symbolon_local::random::OsRandom;

use super::{AUTHORITY, Bench, CACHE, brand, with};

fn urbantrend() -> TenantId {
    TenantId::new("urbantrend")
}

fn shopease() -> ClientId {
    ClientId::new("shopease")
}

#[tokio::test]
async fn what_was_configured_is_read_back_and_then_kept() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let configured = Configuration::read(brand()).unwrap();
    let (tenant, clients) = &configured.tenants[0];
    let registry = bench.registry();
    for _ in 0..3 {
        let read = registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
        assert_eq!(read, *tenant);
        for client in clients {
            let read = registry.client(&tenant.id, &client.id).await.unwrap().unwrap();
            // The file has a secret where the table has its keyed hash.
            let authentication = client.authentication.clone();
            let read = Client {
                authentication,
                ..(*read).clone()
            };
            assert_eq!(read, **client);
        }
    }
    assert_eq!(
        bench.sent(),
        [
            "GetItem config TENANT",
            "GetItem config CLIENT",
            "GetItem config CLIENT"
        ]
    );
}

#[tokio::test]
async fn a_change_is_in_force_when_the_cache_ends_and_not_before() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry();
    let name = async || {
        registry
            .tenant_by_authority(AUTHORITY)
            .await
            .unwrap()
            .unwrap()
            .brand
            .name
            .clone()
    };
    let publisher = async || {
        registry
            .client(&urbantrend(), &shopease())
            .await
            .unwrap()
            .unwrap()
            .publisher
            .clone()
    };
    assert_eq!((name().await.as_str(), publisher().await), ("Urban Trend", None));

    let mut changed = with("/brand/name", json!("Urban Trend 2"));
    changed["tenants"]["urbantrend"]["clients"]["shopease"]["publisher"] = json!("ShopEase BV");
    bench.seed(changed).await;
    bench.pass(CACHE - 1);
    assert_eq!((name().await.as_str(), publisher().await), ("Urban Trend", None));
    bench.pass(1);
    assert_eq!(name().await, "Urban Trend 2");
    assert_eq!(publisher().await.as_deref(), Some("ShopEase BV"));
}

#[tokio::test]
async fn what_is_not_there_is_asked_for_again_soon() {
    let bench = Bench::new().await;
    let registry = bench.registry();
    let there = async || registry.tenant_by_authority(AUTHORITY).await.unwrap().is_some();
    assert!(!there().await && !there().await);
    assert_eq!(bench.sent(), ["GetItem config TENANT"]);
    bench.seed(brand()).await;
    bench.pass(4);
    assert!(!there().await);
    bench.pass(1);
    assert!(there().await);
    let nobody = ClientId::new("nobody");
    bench.sent();
    for _ in 0..3 {
        assert_eq!(registry.client(&urbantrend(), &nobody).await.unwrap(), None);
    }
    assert_eq!(bench.sent(), ["GetItem config CLIENT"]);
}

/// Names too long for a key are nobody's, and not a fault of the table.
#[tokio::test]
async fn te5_names_that_nobody_can_have_are_not_asked_for() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry();
    for authority in ["", &"a".repeat(260), &"a".repeat(5_000)] {
        assert_eq!(registry.tenant_by_authority(authority).await.unwrap(), None);
    }
    assert_eq!(bench.sent(), Vec::<String>::new());
    for client in ["", &"a".repeat(129), &"a".repeat(5_000)] {
        assert_eq!(
            registry
                .client(&urbantrend(), &ClientId::new(client))
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(bench.sent(), Vec::<String>::new());
    // Those that could be asked for and are written like a key.
    for authority in ["auth.urbantrend.tld#", "urbantrend#place", "urbantrend"] {
        assert_eq!(
            registry.tenant_by_authority(authority).await.unwrap(),
            None,
            "{authority}"
        );
    }
    for client in ["shopease#", "a#b", "%"] {
        assert_eq!(
            registry
                .client(&urbantrend(), &ClientId::new(client))
                .await
                .unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn te1_a_client_of_one_tenant_is_nobodys_elsewhere() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let mut other = brand();
    other["tenants"]["zweite"] = other["tenants"]["urbantrend"].take();
    other["tenants"].as_object_mut().unwrap().remove("urbantrend");
    other["tenants"]["zweite"]["issuer"] = json!("https://auth.zweite.tld");
    other["tenants"]["zweite"]["clients"]
        .as_object_mut()
        .unwrap()
        .remove("shopease");
    bench.seed(other).await;
    let registry = bench.registry();
    assert!(
        registry
            .client(&urbantrend(), &shopease())
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        registry
            .client(&TenantId::new("zweite"), &shopease())
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        registry
            .client(&TenantId::new("nobody"), &shopease())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_tenant_is_found_by_its_name_too() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry();
    for _ in 0..2 {
        let tenant = registry.tenant(&urbantrend()).await.unwrap().unwrap();
        assert_eq!(tenant.issuer.authority(), AUTHORITY);
    }
    assert_eq!(bench.sent(), ["GetItem config TENANT", "GetItem config TENANT"]);
    assert_eq!(registry.tenant(&TenantId::new("nobody")).await.unwrap(), None);
}

/// The host it has left answers as it did, and says nothing about the tenant elsewhere.
#[tokio::test]
async fn a_tenant_that_has_moved_is_what_its_new_document_says() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let mut moved = with("/issuer", json!("https://signin.urbantrend.tld"));
    let tenant = &mut moved["tenants"]["urbantrend"];
    tenant["scopes"]["loyalty.points.read"] = tenant["scopes"]["loyalty.tier.read"].clone();
    tenant["clients"]["shopease"]["scopes"] = json!(["openid", "loyalty.points.read"]);
    bench.seed(moved).await;
    let registry = bench.registry();
    let former = registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
    assert_eq!(former.issuer.authority(), AUTHORITY);
    let named = registry.tenant(&urbantrend()).await.unwrap().unwrap();
    assert_eq!(named.issuer.authority(), "signin.urbantrend.tld");
    assert!(
        registry
            .client(&urbantrend(), &shopease())
            .await
            .unwrap()
            .is_some()
    );

    // And back: the same document as before is not taken for one that is there already.
    bench.seed(brand()).await;
    let registry = bench.registry();
    registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
    bench.sent();
    let named = registry.tenant(&urbantrend()).await.unwrap().unwrap();
    assert_eq!((named.issuer.authority(), bench.sent().len()), (AUTHORITY, 0));
}

/// A scope and the client that asks for it come together, and no process has read both at one moment.
#[tokio::test]
async fn a_client_that_is_newer_than_its_tenant_in_the_cache_is_understood() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry();
    registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
    let mut changed = brand();
    let tenant = &mut changed["tenants"]["urbantrend"];
    tenant["scopes"]["loyalty.points.read"] = tenant["scopes"]["loyalty.tier.read"].clone();
    tenant["clients"]["shopease"]["scopes"] = json!(["openid", "loyalty.points.read"]);
    bench.seed(changed).await;
    let client = registry
        .client(&urbantrend(), &shopease())
        .await
        .unwrap()
        .unwrap();
    assert!(client.scopes.contains("loyalty.points.read"));
    assert_eq!(
        bench.sent(),
        [
            "GetItem config CLIENT",
            "GetItem config TENANT",
            "GetItem config TENANT",
            "GetItem config CLIENT"
        ]
    );
    let tenant = registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
    assert!(tenant.scopes.all().contains("loyalty.points.read"));
}

#[tokio::test]
async fn without_the_keyring_a_tenant_is_read_and_its_secrets_are_not() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry_with(None);
    let tenant = registry.tenant_by_authority(AUTHORITY).await.unwrap().unwrap();
    assert!(tenant.test_numbers.open().is_err());
    assert!(tenant.resources[0].member_key.as_ref().unwrap().open().is_err());
    assert_eq!(tenant.brand.name, "Urban Trend");
}

fn unreadable<T>(kind: &str) -> PortResult<T> {
    Err(Unavailable(format!("registry: unreadable {kind} item")))
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_an_outage_that_quotes_nothing() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let stranger = Keyring::new(
        Secret::new([1; 32]),
        Vec::new(),
        Secret::new([9; 32]),
        Arc::new(OsRandom),
    );
    let registry = bench.registry_with(Some(Arc::new(stranger)));
    assert_eq!(
        registry.tenant_by_authority(AUTHORITY).await,
        unreadable("TENANT")
    );

    let spoil = async |kind: &str, change: fn(&mut Value)| {
        for (table, mut item) in bench.account.dump().await {
            if item["pk"].as_s().unwrap().starts_with(kind) && item.contains_key("d") {
                let mut document = serde_json::from_str(item["d"].as_s().unwrap()).unwrap();
                change(&mut document);
                item.insert(
                    "d".to_owned(),
                    aws_sdk_dynamodb::types::AttributeValue::S(document.to_string()),
                );
                let call = bench.account.client.put_item().table_name(table);
                call.set_item(Some(item)).send().await.unwrap();
            }
        }
    };
    spoil("CLIENT", |document| {
        document["settings"]["extra"] = json!("content");
    })
    .await;
    assert_eq!(
        bench.registry().client(&urbantrend(), &shopease()).await,
        unreadable("CLIENT")
    );
    // Under another's key it would be served under another's host.
    spoil("TENANT", |document| {
        document["settings"]["issuer"] = json!("https://auth.other.tld");
    })
    .await;
    assert_eq!(
        bench.registry().tenant_by_authority(AUTHORITY).await,
        unreadable("TENANT")
    );
}

#[tokio::test]
async fn st5_a_table_that_does_not_answer_is_an_outage_and_not_an_absence() {
    let bench = Bench::new().await;
    bench.seed(brand()).await;
    let registry = bench.registry();
    bench.account.wire.refuse(3, "ThrottlingException");
    assert_eq!(
        registry.tenant_by_authority(AUTHORITY).await,
        Err(Unavailable("registry: read: ThrottlingException".to_owned()))
    );
    assert!(registry.tenant_by_authority(AUTHORITY).await.unwrap().is_some());
}
