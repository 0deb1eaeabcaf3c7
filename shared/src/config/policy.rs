//! Lifetimes and limits. Everything may be left out; nothing may be set to what standards or prudence forbid.

use serde::{Deserialize, Serialize};

use super::setting::{ConfigError, Setting};
use crate::model::{AddressLimit, NonceDemand, Policy, key_schedule::LONGEST_TOKEN};

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PolicyDeclaration {
    otp: OtpDeclaration,
    session: EndsDeclaration,
    tokens: TokensDeclaration,
    refresh: RefreshDeclaration,
    keys: KeysDeclaration,
    #[serde(skip_serializing_if = "DpopDeclaration::says_nothing")]
    dpop: DpopDeclaration,
    device: DeviceDeclaration,
    transaction_lifetime: Option<u64>,
    pushed_request: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct OtpDeclaration {
    lifetime: Option<u64>,
    tries: Option<u32>,
    resend_waits: Option<Vec<u64>>,
    number: NumberDeclaration,
    address: AddressDeclaration,
    #[serde(skip_serializing_if = "BrandLimitDeclaration::says_nothing")]
    brand: BrandLimitDeclaration,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct BrandLimitDeclaration {
    messages: Option<u32>,
    window: Option<u64>,
}

impl BrandLimitDeclaration {
    const fn says_nothing(&self) -> bool {
        self.messages.is_none() && self.window.is_none()
    }
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct NumberDeclaration {
    challenges: Option<u32>,
    messages: Option<u32>,
    wrong_codes: Option<u32>,
    window: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct AddressDeclaration {
    requests: Option<u32>,
    window: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct EndsDeclaration {
    idle: Option<u64>,
    absolute: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct TokensDeclaration {
    code: Option<u64>,
    id_token: Option<u64>,
    access_token: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct RefreshDeclaration {
    idle: Option<u64>,
    absolute: Option<u64>,
    retry_window: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct KeysDeclaration {
    rotate_after: Option<u64>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct DpopDeclaration {
    nonce: Option<NonceDemand>,
}

impl DpopDeclaration {
    const fn says_nothing(&self) -> bool {
        self.nonce.is_none()
    }
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct DeviceDeclaration {
    lifetime: Option<u64>,
    address: AddressDeclaration,
    authorization: AddressDeclaration,
}

const DAY: u64 = 86_400;
const YEAR: u64 = 366 * DAY;

pub(super) fn validate(at: &Setting, declared: PolicyDeclaration) -> Result<Policy, ConfigError> {
    let mut policy = Policy::default();
    otp(&at.key("otp"), declared.otp, &mut policy)?;

    let (to, within) = (at.key("session"), &mut policy.session);
    seconds(&to, "idle", declared.session.idle, 60, YEAR, &mut within.idle)?;
    seconds(
        &to,
        "absolute",
        declared.session.absolute,
        60,
        YEAR,
        &mut within.absolute,
    )?;
    to.key("idle")
        .require(within.idle <= within.absolute, "is longer than `absolute`")?;

    let (to, within) = (at.key("tokens"), &mut policy.tokens);
    // FAPI 2.0 Security Profile s5.3.2.1.
    seconds(&to, "code", declared.tokens.code, 1, 60, &mut within.code)?;
    seconds(
        &to,
        "id_token",
        declared.tokens.id_token,
        60,
        LONGEST_TOKEN,
        &mut within.id_token,
    )?;
    // Resource servers verify offline, so a withdrawn consent reaches them when the token ends.
    seconds(
        &to,
        "access_token",
        declared.tokens.access_token,
        60,
        LONGEST_TOKEN,
        &mut within.access_token,
    )?;

    let (to, within) = (at.key("refresh"), &mut policy.refresh);
    seconds(&to, "idle", declared.refresh.idle, 60, YEAR, &mut within.idle)?;
    seconds(
        &to,
        "absolute",
        declared.refresh.absolute,
        60,
        YEAR,
        &mut within.absolute,
    )?;
    to.key("idle")
        .require(within.idle <= within.absolute, "is longer than `absolute`")?;
    // A long window would let a stolen token live beside its owner's.
    seconds(
        &to,
        "retry_window",
        declared.refresh.retry_window,
        0,
        60,
        &mut within.retry_window,
    )?;

    let rotate_after = &mut policy.keys.rotate_after;
    match declared.keys.rotate_after {
        // By command only.
        Some(0) => *rotate_after = None,
        // Much less than a day, and keys would come faster than those before them can go.
        Some(declared) => {
            let fits = (DAY..=YEAR).contains(&declared);
            let cause = format!("{declared} is neither 0 nor between {DAY} and {YEAR} seconds");
            at.key("keys").key("rotate_after").require(fits, cause)?;
            *rotate_after = Some(declared);
        }
        None => {}
    }
    policy.dpop.nonce = declared.dpop.nonce.unwrap_or(policy.dpop.nonce);
    device(&at.key("device"), &declared.device, &mut policy)?;

    let lifetime = &mut policy.transaction_lifetime;
    seconds(
        at,
        "transaction_lifetime",
        declared.transaction_lifetime,
        300,
        DAY,
        lifetime,
    )?;
    at.key("transaction_lifetime")
        .require(*lifetime >= policy.otp.lifetime, "is shorter than `otp.lifetime`")?;
    // RFC 9126 s2.2.
    let pushed = &mut policy.pushed_request;
    seconds(at, "pushed_request", declared.pushed_request, 5, 600, pushed)?;
    Ok(policy)
}

fn otp(at: &Setting, declared: OtpDeclaration, policy: &mut Policy) -> Result<(), ConfigError> {
    let within = &mut policy.otp;
    // NIST SP 800-63B-4 s3.1.3.2: at most ten minutes.
    seconds(at, "lifetime", declared.lifetime, 30, 600, &mut within.lifetime)?;
    count(at, "tries", declared.tries, 10, &mut within.tries)?;
    if let Some(waits) = declared.resend_waits {
        let at = at.key("resend_waits");
        at.require(waits.len() <= 10, "lists more than 10 resends")?;
        for (index, wait) in waits.iter().enumerate() {
            let fits = (10..=3_600).contains(wait);
            at.at(index)
                .require(fits, format!("{wait} is not between 10 and 3600 seconds"))?;
        }
        within.resend_waits = waits;
    }
    let (to, limits) = (at.key("number"), &mut within.number);
    count(
        &to,
        "challenges",
        declared.number.challenges,
        1_000,
        &mut limits.challenges,
    )?;
    count(
        &to,
        "messages",
        declared.number.messages,
        1_000,
        &mut limits.messages,
    )?;
    count(
        &to,
        "wrong_codes",
        declared.number.wrong_codes,
        1_000,
        &mut limits.wrong_codes,
    )?;
    seconds(
        &to,
        "window",
        declared.number.window,
        60,
        30 * DAY,
        &mut limits.window,
    )?;
    to.key("messages")
        .require(limits.messages >= limits.challenges, "is less than `challenges`")?;
    address(&at.key("address"), &declared.address, &mut within.address)?;
    let (to, limit) = (at.key("brand"), &mut within.brand);
    count(
        &to,
        "messages",
        declared.brand.messages,
        10_000_000,
        &mut limit.messages,
    )?;
    seconds(
        &to,
        "window",
        declared.brand.window,
        60,
        30 * DAY,
        &mut limit.window,
    )
}

fn device(at: &Setting, declared: &DeviceDeclaration, policy: &mut Policy) -> Result<(), ConfigError> {
    let within = &mut policy.device;
    // Long enough to find the telephone, short enough that few codes are open at a time (RFC 8628 s5.1).
    seconds(at, "lifetime", declared.lifetime, 60, 1_800, &mut within.lifetime)?;
    address(&at.key("address"), &declared.address, &mut within.address)?;
    let to = at.key("authorization");
    address(&to, &declared.authorization, &mut within.authorization)
}

fn address(to: &Setting, declared: &AddressDeclaration, limit: &mut AddressLimit) -> Result<(), ConfigError> {
    count(to, "requests", declared.requests, 100_000, &mut limit.requests)?;
    seconds(to, "window", declared.window, 60, 30 * DAY, &mut limit.window)
}

fn seconds(
    at: &Setting,
    name: &str,
    declared: Option<u64>,
    least: u64,
    most: u64,
    to: &mut u64,
) -> Result<(), ConfigError> {
    if let Some(value) = declared {
        let fits = (least..=most).contains(&value);
        at.key(name)
            .require(fits, format!("{value} is not between {least} and {most} seconds"))?;
        *to = value;
    }
    Ok(())
}

fn count(
    at: &Setting,
    name: &str,
    declared: Option<u32>,
    most: u32,
    to: &mut u32,
) -> Result<(), ConfigError> {
    if let Some(value) = declared {
        at.key(name).require(
            (1..=most).contains(&value),
            format!("{value} is not between 1 and {most}"),
        )?;
        *to = value;
    }
    Ok(())
}
