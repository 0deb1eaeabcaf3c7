use std::sync::Arc;

use symbolon::{
    keyring::Keyring,
    ports::{Algorithm, Clock, Members, PublicKey, PublicKeys, Registry},
    types::{ClientId, MemberId, PhoneNumber, TenantId},
};
use symbolon_aws::{MemberTable, StoredKeyring, TableRegistry, TenantKeys};
use symbolon_local::random::OsRandom;

use super::{BRAND, Deployment};
use crate::harness::aws::Moved;

impl Deployment {
    async fn keyring(&self) -> Arc<Keyring> {
        let aws = self.account.direct();
        let stored = StoredKeyring::load(
            (aws.dynamodb(), self.account.tables.config.clone()),
            (aws.kms(), self.wrapping_key.clone()),
            Arc::new(OsRandom),
            Moved::new(),
            0,
        );
        stored.await.unwrap().keyring()
    }

    /// As a function that has just started.
    async fn registry(&self) -> TableRegistry {
        let clock: Arc<dyn Clock> = Moved::new();
        let (client, table) = (self.account.client.clone(), self.account.tables.config.clone());
        TableRegistry::new(client, table, Some(self.keyring().await), &clock, 60)
    }

    async fn signs_with(&self, tenant: &TenantId) -> Vec<Algorithm> {
        let table = self.account.tables.config.clone();
        let keys = TenantKeys::new(self.account.client.clone(), table, Moved::new(), 0);
        let keys = keys.public_keys(tenant).await.unwrap();
        keys.iter().map(PublicKey::algorithm).collect()
    }
}

fn urban() -> TenantId {
    TenantId::new("urban")
}

#[tokio::test]
async fn what_the_file_says_is_what_functions_find() {
    let deployment = Deployment::empty().await;
    let said = deployment.seed(BRAND, &[]);
    for line in [
        "keyring: made\n",
        "urban: members: 1 written, 0 unchanged\n",
        "urban: tenant and clients: 3 written, 0 unchanged; https://auth.urban.tld\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let registry = deployment.registry().await;
    let tenant = registry
        .tenant_by_authority("auth.urban.tld")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tenant.brand.name, "Urban");
    let number = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
    assert_eq!(tenant.fixed_code(&number).unwrap().unwrap().expose(), "424242");
    assert!(
        registry
            .client(&urban(), &ClientId::new("app"))
            .await
            .unwrap()
            .is_some()
    );
    let (client, table) = (
        deployment.account.client.clone(),
        deployment.account.tables.identity.clone(),
    );
    let members = MemberTable::new(client, table, deployment.keyring().await);
    let member = members.by_number(&urban(), &number).await.unwrap().unwrap();
    assert_eq!(member.id, MemberId::new("m-1"));
    assert_eq!(
        deployment.signs_with(&urban()).await,
        [Algorithm::Rs256, Algorithm::Es256]
    );
}

#[tokio::test]
async fn the_demo_is_seeded_for_where_it_is_deployed() {
    let deployment = Deployment::empty().await;
    let demo = include_str!("../../infra/local/demo.toml");
    let said = deployment.seed(demo, &["--set", "scheme=http", "--set", "port=4566"]);
    assert!(said.contains("http://auth.urbantrend.localhost:4566\n"), "{said}");
    let registry = deployment.registry().await;
    for authority in ["auth.urbantrend.localhost:4566", "auth.northpeak.localhost:4566"] {
        assert!(
            registry.tenant_by_authority(authority).await.unwrap().is_some(),
            "{authority}"
        );
    }
}

#[tokio::test]
async fn seeding_again_changes_nothing() {
    let deployment = Deployment::seeded().await;
    let before = deployment.account.dump().await;
    let said = deployment.seed(BRAND, &[]);
    for line in [
        "keyring: there\n",
        "urban: members: 0 written, 1 unchanged\n",
        "urban: tenant and clients: 0 written, 3 unchanged; https://auth.urban.tld\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let after = deployment.account.dump().await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|row| before.contains(row)));
}

#[tokio::test]
async fn a_changed_file_is_in_force_for_whoever_reads_again() {
    let deployment = Deployment::seeded().await;
    let changed = BRAND
        .replace("name = \"App\"", "name = \"App Two\"")
        .replace("\"ES256\"]", "\"ES256\", \"PS256\"]")
        .replace("id = \"m-1\"\n", "id = \"m-1\"\nstatus = \"suspended\"\n");
    let said = deployment.seed(&changed, &[]);
    assert!(
        said.contains("urban: members: 1 written, 0 unchanged\n"),
        "{said}"
    );
    assert!(
        said.contains("tenant and clients: 2 written, 1 unchanged"),
        "{said}"
    );
    let registry = deployment.registry().await;
    let client = registry
        .client(&urban(), &ClientId::new("app"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(client.name, "App Two");
    assert!(deployment.signs_with(&urban()).await.contains(&Algorithm::Ps256));
}

#[tokio::test]
async fn what_the_file_no_longer_has_goes_only_when_asked() {
    let deployment = Deployment::empty().await;
    let second = "[tenants.urban.clients.second]\nname = \"Second\"\ntoken_endpoint_auth_method = \"none\"\n\
                  redirect_uris = [\"https://second.tld/cb\"]\nscopes = [\"openid\"]\n";
    deployment.seed(&format!("{BRAND}\n{second}"), &[]);
    let moved = BRAND.replace("auth.urban.tld", "signin.urban.tld");
    let said = deployment.seed(&moved, &[]);
    for line in [
        "left there: client second of urban (--prune removes it)\n",
        "left there: urban under auth.urban.tld (--prune removes it)\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let second = ClientId::new("second");
    let there = async |authority: &str| {
        let registry = deployment.registry().await;
        let client = registry.client(&urban(), &second).await.unwrap().is_some();
        (
            registry.tenant_by_authority(authority).await.unwrap().is_some(),
            client,
        )
    };
    assert_eq!(there("auth.urban.tld").await, (true, true));
    let said = deployment.seed(&moved, &["--prune"]);
    for line in [
        "removed: client second of urban\n",
        "removed: urban under auth.urban.tld\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(there("auth.urban.tld").await, (false, false));
    assert_eq!(there("signin.urban.tld").await, (true, false));
}

#[tokio::test]
async fn op1_no_secret_of_the_file_is_said_or_stored_in_clear() {
    let deployment = Deployment::empty().await;
    let said = deployment.seed(BRAND, &[]);
    let rows = format!("{:?}", deployment.account.dump().await);
    for secret in [
        "a-webhook-secret-of-more-than-thirty-two",
        "an-app-secret-17",
        "424242",
        "7700900101",
    ] {
        assert!(BRAND.contains(secret));
        assert!(!said.contains(secret) && !rows.contains(secret), "{secret}");
    }
}
