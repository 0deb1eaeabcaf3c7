//! What the function `rotate` does to a deployment, with its clock moved on.

use std::sync::Arc;

use symbolon::{endpoints::Rotate, ports::Clock};
use symbolon_aws::{KeyMaker, SystemClock, TableRegistry, TenantKeyLives};

use super::{BRAND, Deployment};
use crate::harness::aws::Moved;

const DAY: u64 = 86_400;

impl Deployment {
    /// What the function holds.
    fn rotate(&self, clock: &Arc<Moved>) -> Rotate {
        let (aws, clock) = (self.account.direct(), Arc::clone(clock) as Arc<dyn Clock>);
        let table = self.account.tables.config.clone();
        let registry = TableRegistry::new(aws.dynamodb(), table.clone(), None, &clock, 0);
        let kms = (aws.kms(), self.wrapping_key.clone());
        let maker = KeyMaker::new((aws.dynamodb(), table), kms, clock.clone());
        Rotate {
            signing_keys: Arc::new(TenantKeyLives::new(Arc::new(registry), maker)),
            clock,
        }
    }
}

#[tokio::test]
async fn a077_what_is_old_is_replaced_by_the_clock_and_two_at_once_do_it_once() {
    let deployment = Deployment::seeded().await;
    let clock = Moved::at(SystemClock.now());
    let [one, other] = [deployment.rotate(&clock), deployment.rotate(&clock)];
    let turn = async |seconds| {
        clock.pass(seconds);
        let (one, other) = tokio::join!(one.turn(), other.turn());
        one.and(other).unwrap();
        let mut states = deployment.states();
        states.sort();
        states
    };
    let both = |states: &[&str]| -> Vec<String> {
        let of = |algorithm: &'static str| states.iter().map(move |state| format!("{algorithm} {state}"));
        of("ES256").chain(of("RS256")).collect()
    };
    assert_eq!(turn(60).await, both(&["active"]));
    assert_eq!(turn(90 * DAY).await, both(&["active", "pending"]));
    assert_eq!(turn(599).await, both(&["active", "pending"]));
    assert_eq!(turn(1).await, both(&["active", "retired"]));
    assert_eq!(turn(4_199).await, both(&["active", "retired"]));
    assert_eq!(turn(1).await, both(&["active", "former"]));
    // As long as a session may last.
    assert_eq!(turn(89 * DAY).await, both(&["active", "former"]));
    assert_eq!(turn(DAY).await, both(&["active", "pending"]));
}

#[tokio::test]
async fn a077_a_brand_that_wants_none_is_left_alone_until_somebody_begins() {
    let deployment = Deployment::empty().await;
    let file = BRAND.replace(
        "[tenants.urban.brand]",
        "[tenants.urban.policy.keys]\nrotate_after = 0\n\n[tenants.urban.brand]",
    );
    deployment.seed(&file, &[]);
    let clock = Moved::at(SystemClock.now());
    let rotate = deployment.rotate(&clock);
    clock.pass(1_000 * DAY);
    rotate.turn().await.unwrap();
    assert_eq!(deployment.states(), ["RS256 active", "ES256 active"]);
    deployment.done(&["keys", "rotate", "--tenant", "urban", "--algorithm", "ES256"]);
    rotate.turn().await.unwrap();
    assert_eq!(
        deployment.states(),
        ["RS256 active", "ES256 retired", "ES256 active"]
    );
}

#[tokio::test]
async fn a077_a_key_of_kms_is_replaced_when_the_file_names_another() {
    let deployment = Deployment::empty().await;
    let [first, next] = [
        deployment.account.key("RSA_2048", "SIGN_VERIFY").await,
        deployment.account.key("RSA_2048", "SIGN_VERIFY").await,
    ];
    let file = |arn: &str| {
        let keys = format!("custody = \"kms\"\nsigning_keys = {{ RS256 = \"{arn}\" }}\n");
        BRAND.replace("algorithms = [\"RS256\", \"ES256\"]\n", &keys)
    };
    deployment.seed(&file(&first), &[]);
    let clock = Moved::at(SystemClock.now());
    let rotate = deployment.rotate(&clock);
    clock.pass(1_000 * DAY);
    rotate.turn().await.unwrap();
    assert_eq!(
        deployment.states(),
        ["RS256 active"],
        "nobody but an operator makes one"
    );
    deployment.seed(&file(&next), &[]);
    rotate.turn().await.unwrap();
    assert_eq!(deployment.states(), ["RS256 active", "RS256 pending"]);
    clock.pass(600);
    rotate.turn().await.unwrap();
    assert_eq!(deployment.states(), ["RS256 retired", "RS256 active"]);
    let listed = deployment.done(&["keys", "list"]);
    assert!(listed.lines().last().unwrap().ends_with(&next), "{listed}");
    // One that cannot sign this way is told of, and the brand goes on with what it has.
    let p256 = deployment.account.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let file = file(&p256);
    deployment.account.tool(
        &deployment.wrapping_key,
        &["seed", "--config", &deployment.file(&file)],
    );
    let failed = rotate.turn().await.unwrap_err();
    assert_eq!(failed.0, "rotate: 1 signing keys not moved on");
    assert_eq!(deployment.states(), ["RS256 retired", "RS256 active"]);
}
