//! Replacing signing keys, as verifiers and partners see it (assertion 77).

use std::collections::{BTreeMap, BTreeSet};

use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::Jwk};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ALICE, Brand, Client, Process, Tokens, World, header_of, number, run};

const OFFLINE: &str = "openid offline_access";
const DAY: u64 = 86_400;
/// `max-age` of a JWKS, and for how long after it a cache may give it out while it fetches another.
const CACHED: u64 = 300 + 60;
/// What the longest token lives.
const HOUR: u64 = 3_600;
/// One key a day, and tokens that live as long as they may.
const DAILY: (&str, &str) = (
    "[tenants.urbantrend.policy.otp.address]",
    "[tenants.urbantrend.policy.keys]\nrotate_after = 86400\n\n[tenants.urbantrend.policy.tokens]\n\
     access_token = 3600\nid_token = 3600\n\n[tenants.urbantrend.policy.otp.address]",
);
const CONFORMANCE: &str = "[tenants.urbantrend.clients.conformance]\n";

type Jwks = BTreeMap<String, Value>;

/// Whether a verifier that knows these keys and nothing else takes the token.
fn verifies(token: &str, keys: &Jwks) -> bool {
    let header = decode_header(token).unwrap();
    let Some(key) = keys.get(header.kid.as_deref().unwrap()) else {
        return false;
    };
    let key: Jwk = serde_json::from_value(key.clone()).unwrap();
    let mut validation = Validation::new(header.alg);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    decode::<Value>(token, &DecodingKey::from_jwk(&key).unwrap(), &validation).is_ok()
}

fn kid(token: &str) -> String {
    header_of(token)["kid"].as_str().unwrap().to_owned()
}

/// A member's app that refreshes all the time, and verifiers that fetch the JWKS as seldom as its answer allows.
struct Watch {
    world: World,
    client: Client,
    refresh: String,
    /// Every token so far.
    access: Vec<String>,
    id: Vec<String>,
    /// What was published, and when.
    seen: Vec<(u64, Jwks)>,
    /// The first look at each key, and the keys that signed.
    first: BTreeMap<String, u64>,
    signed: BTreeSet<String>,
}

impl Watch {
    async fn begin(world: World) -> Self {
        let client = world.conformance();
        let tokens = client.tokens(&world, &mut world.browser(), OFFLINE, ALICE).await;
        let mut watch = Self {
            refresh: tokens.refresh.clone().unwrap(),
            client,
            world,
            access: Vec::new(),
            id: Vec::new(),
            seen: Vec::new(),
            first: BTreeMap::new(),
            signed: BTreeSet::new(),
        };
        watch.look(tokens).await;
        watch
    }

    fn brand(&self) -> Brand {
        self.world.urbantrend()
    }

    /// Time passes, the app refreshes, and everything that should hold is looked at.
    async fn pass(&mut self, seconds: u64) {
        self.world.advance(seconds).await;
        let answer = self.client.refresh(&self.world, &self.refresh).await;
        let tokens = Tokens::of(answer).await;
        self.refresh = tokens.refresh.clone().unwrap();
        self.look(tokens).await;
    }

    async fn look(&mut self, tokens: Tokens) {
        let (now, jwks) = (self.world.now().await, self.brand().keys().await);
        let beginning = self.seen.first().map_or(now, |(at, _)| *at);
        for kid in jwks.keys() {
            self.first.entry(kid.clone()).or_insert(now);
        }
        self.seen.push((now, jwks));
        self.access.push(tokens.access.clone());
        self.id.push(tokens.id.clone().unwrap());
        for token in [self.access.last().unwrap(), self.id.last().unwrap()] {
            let first = *self
                .first
                .get(&kid(token))
                .expect("signed with a key that is not published");
            let announced = number(token, "iat").saturating_sub(first);
            assert!(
                first == beginning || announced >= CACHED,
                "announced for {announced} s only"
            );
            self.signed.insert(kid(token));
        }
        let live = |token: &&String| number(token, "exp") > now;
        for token in self.access.iter().chain(&self.id).filter(live) {
            for (at, jwks) in self.seen.iter().filter(|(at, _)| now - at <= CACHED) {
                // A cache older than the token's own key is what the notice is for.
                assert!(
                    verifies(token, jwks),
                    "a JWKS of {} s ago lacks {}",
                    now - at,
                    kid(token)
                );
            }
        }
        let oldest = self.access.iter().find(live).unwrap();
        assert_eq!(self.client.userinfo(oldest).await.status(), 200);
    }

    fn published(&self) -> BTreeSet<String> {
        self.seen.last().unwrap().1.keys().cloned().collect()
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a077_keys_are_replaced_by_schedule_and_no_verifier_notices() {
    let registered = format!("{CONFORMANCE}id_token_signed_response_alg = \"ES256\"\n");
    let world = World::edited(&[DAILY, (CONFORMANCE, &registered)]).await;
    let north = world.northpeak().keys().await;
    let mut watch = Watch::begin(world).await;
    let before = watch.published();
    assert_eq!(watch.signed.len(), 2, "one for each algorithm");
    watch.pass(DAY - 600).await;
    assert_eq!(watch.published(), before);
    // The new ones come, sign, and the old ones go.
    let (mut most, mut waited) = (before.len(), 0);
    for _ in 0..40 {
        watch.pass(180).await;
        most = most.max(watch.published().len());
        if watch.signed.len() == 2 && watch.published().len() > before.len() {
            waited += 180;
        }
    }
    assert_eq!(most, 2 * before.len(), "old and new are there together");
    assert!(waited >= 420, "{waited} s from the publication to the first use");
    assert_eq!(watch.signed.len(), 4);
    let after = watch.published();
    assert_eq!(after.len(), before.len());
    assert!(after.is_disjoint(&before), "the old ones are gone");
    // What is gone has no token alive, and a session may still be ended with a token of it.
    let (world, old) = (&watch.world, &watch.id[0]);
    assert!(!after.contains(&kid(old)));
    assert_eq!(watch.client.userinfo(&watch.access[0]).await.status(), 401);
    assert_eq!(
        world.northpeak().keys().await,
        north,
        "another brand's are its own"
    );
}

/// A partner's session may last for weeks on the one ID token it was begun with.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a077_a_hint_is_read_when_its_key_is_long_gone() {
    let world = World::edited(&[DAILY]).await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    let old = tokens.id.unwrap();
    for seconds in [DAY, 601, HOUR + 601] {
        world.advance(seconds).await;
    }
    assert!(!world.urbantrend().keys().await.contains_key(&kid(&old)));
    let request = client.authorize("openid").with("id_token_hint", &old);
    assert_eq!(browser.silently(&request).await, "code");
    let forged = crate::harness::tampered(&old, "auth_time", json!(1));
    let request = client.authorize("openid").with("id_token_hint", &forged);
    assert_eq!(browser.silently(&request).await, "invalid_request");
}

async fn step(world: &World, body: &Value) -> (u16, String) {
    let answer = world
        .dev(Method::POST, "/dev/keys/rotate", Some(body.clone()))
        .await;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (
        status,
        body["done"]
            .as_str()
            .or(body["error"].as_str())
            .unwrap()
            .to_owned(),
    )
}

async fn states(world: &World) -> Vec<String> {
    let keys: Value = world
        .dev(Method::GET, "/dev/keys", None)
        .await
        .json()
        .await
        .unwrap();
    let of = |key: &&Value| key["tenant"] == "urbantrend" && key["algorithm"] == "RS256";
    let keys = keys.as_array().unwrap().iter().filter(of);
    keys.map(|key| key["state"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a077_by_command_no_step_is_early_and_the_schedule_ends_what_was_begun() {
    let world = World::start().await;
    let ask = json!({ "tenant": "urbantrend", "algorithm": "RS256" });
    let with = |step: &str| json!({ "tenant": "urbantrend", "algorithm": "RS256", "step": step });
    let refused = "urbantrend: RS256: no key is published and waits; without an option, one is made";
    assert_eq!(step(&world, &with("promote")).await, (409, refused.to_owned()));
    assert_eq!(
        step(&world, &with("retire")).await,
        (409, "urbantrend: RS256: no key is retired".to_owned())
    );

    let (status, done) = step(&world, &ask).await;
    assert!(status == 200 && done.ends_with(" published"), "{done}");
    assert_eq!(states(&world).await, ["active", "pending"]);
    let (status, twice) = step(&world, &ask).await;
    assert!(status == 409 && twice.contains("is published already"), "{twice}");
    let (status, early) = step(&world, &with("promote")).await;
    assert!(
        status == 409 && early.contains("verifiers cannot follow for another "),
        "{early}"
    );
    world.advance(590).await;
    assert_eq!(states(&world).await, ["active", "pending"]);
    world.advance(20).await;
    assert_eq!(states(&world).await, ["retired", "active"]);
    let (status, early) = step(&world, &with("retire")).await;
    assert!(
        status == 409 && early.contains("verifiers cannot follow"),
        "{early}"
    );
    world.advance(HOUR + 610).await;
    assert_eq!(states(&world).await, ["former", "active"]);
    // A session's longest life later nobody can have a hint of it.
    world.advance(90 * DAY + 1).await;
    assert_eq!(states(&world).await, ["active", "pending"]);

    for bad in [
        json!({ "tenant": "nobody", "algorithm": "RS256" }),
        json!({ "tenant": "northpeak", "algorithm": "PS256" }),
        json!({ "tenant": "urbantrend", "algorithm": "HS256" }),
        json!({ "tenant": "urbantrend", "algorithm": "RS256", "step": "skip" }),
        json!({}),
    ] {
        let (status, why) = step(&world, &bad).await;
        assert!(matches!(status, 400 | 409), "{bad}: {why}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "asks the development side")]
async fn a077_a_key_that_is_known_to_somebody_else_is_gone_at_once() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    let tokens = client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    let old = tokens.id.unwrap();
    for name in ["publish", "promote", "retire"] {
        let now = json!({ "tenant": "urbantrend", "algorithm": "RS256", "step": name, "now": true });
        let (status, said) = step(&world, &now).await;
        assert_eq!(status, 200, "{name}: {said}");
    }
    assert_eq!(states(&world).await, ["active"]);
    assert!(!world.urbantrend().keys().await.contains_key(&kid(&old)));
    assert_eq!(client.userinfo(&tokens.access).await.status(), 401);
    let request = client.authorize("openid").with("id_token_hint", &old);
    assert_eq!(browser.silently(&request).await, "invalid_request");
    let fresh = Tokens::of(client.refresh(&world, tokens.refresh.as_deref().unwrap()).await).await;
    assert_eq!(client.userinfo(&fresh.access).await.status(), 200);
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "starts the program")]
async fn a077_the_command_asks_the_running_server_and_a_crash_loses_no_key() {
    let (mut process, world) = Process::start().await;
    let port = world.port();
    let command = async |arguments: &'static str| {
        let line = format!("keys {arguments} --listen 127.0.0.1:{port}");
        tokio::task::spawn_blocking(move || run(&line.split(' ').collect::<Vec<_>>()))
            .await
            .unwrap()
    };
    let first = world.urbantrend().keys().await;
    let done = command("rotate --tenant urbantrend --algorithm RS256").await;
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    assert!(
        done.stdout.starts_with("urbantrend: RS256: key "),
        "{}",
        done.stdout
    );
    let early = command("rotate --tenant urbantrend --algorithm RS256 --promote").await;
    assert_eq!(early.code, Some(1));
    assert!(
        early.stderr.contains("verifiers cannot follow"),
        "{}",
        early.stderr
    );
    let second = world.urbantrend().keys().await;
    assert_eq!(second.len(), first.len() + 1);
    process.kill_and_restart(&world).await;
    assert_eq!(world.urbantrend().keys().await, second);
    world.advance(601).await;
    process.kill_and_restart(&world).await;
    let listed = command("list").await.stdout;
    let of = |state: &str| {
        let line = |line: &&str| line.starts_with("urbantrend  RS256") && line.contains(state);
        listed.lines().filter(line).count()
    };
    assert_eq!((of("retired"), of("active")), (1, 1), "{listed}");
    assert_eq!(world.urbantrend().keys().await, second);
    drop(process);
    let nobody = command("list").await;
    assert_eq!(nobody.code, Some(1));
    assert!(
        nobody.stderr.contains("no server of this release answers at "),
        "{}",
        nobody.stderr
    );
}
