use serde_json::json;

use super::{read, refused, with};

#[test]
fn members_are_distinct_reachable_and_fixed_codes_are_for_sandboxes() {
    refused(&[
        (
            "/sandbox",
            json!(false),
            ".members[1].fixed_code: a fixed code is for a tenant with `sandbox = true`",
        ),
        (
            "/members/1/fixed_code",
            json!("42424"),
            ".members[1].fixed_code: is not 6 digits",
        ),
        (
            "/members/1/fixed_code",
            json!("42424a"),
            ".members[1].fixed_code: is not 6 digits",
        ),
        (
            "/members/1/id",
            json!("ut-1"),
            ".members[1].id: `ut-1` is another member's",
        ),
        (
            "/members/1/id",
            json!("ut#1"),
            ".members[1].id: is not a name of 1 to 128 letters, digits and - . _ ~ : @",
        ),
        (
            "/members/1/number",
            json!("+447700900101"),
            ".members[1].number: is another member's",
        ),
        (
            "/members/1/number",
            json!("07700 900102"),
            ".members[1].number: a phone number is written +<digits>",
        ),
        (
            "/members/1/number",
            json!("+44123"),
            ".members[1].number: not a mobile number of a known country",
        ),
        (
            "/members/1/number",
            json!("+971501234567"),
            ".members[1].number: is a number of AE, which `countries` does not list",
        ),
        (
            "/members/0/profile/nmae",
            json!("Alice"),
            ".members[0].profile.nmae: unknown field `nmae`, expected one of `name`, `given_name`, `family_name`, `middle_name`, `nickname`, `preferred_username`, `profile`, `picture`, `website`, `email`, `email_verified`, `gender`, `birthdate`, `zoneinfo`, `locale`, `address`, `updated_at`",
        ),
    ]);
}

#[test]
fn lifetimes_and_limits_stay_within_what_is_prudent() {
    let between = |least: u64, most: u64| format!("is not between {least} and {most} seconds");
    for (policy, line) in [
        (
            json!({ "otp": { "lifetime": 601 } }),
            format!("otp.lifetime: 601 {}", between(30, 600)),
        ),
        (
            json!({ "otp": { "tries": 0 } }),
            "otp.tries: 0 is not between 1 and 10".to_owned(),
        ),
        (
            json!({ "otp": { "resend_waits": [30, 5] } }),
            format!("otp.resend_waits[1]: 5 {}", between(10, 3_600)),
        ),
        (
            json!({ "otp": { "number": { "messages": 5 } } }),
            "otp.number.messages: is less than `challenges`".to_owned(),
        ),
        (
            json!({ "otp": { "address": { "requests": 0 } } }),
            "otp.address.requests: 0 is not between 1 and 100000".to_owned(),
        ),
        (
            json!({ "session": { "idle": 100, "absolute": 99 } }),
            "session.idle: is longer than `absolute`".to_owned(),
        ),
        (
            json!({ "tokens": { "code": 61 } }),
            format!("tokens.code: 61 {}", between(1, 60)),
        ),
        (
            json!({ "tokens": { "access_token": 86_400 } }),
            format!("tokens.access_token: 86400 {}", between(60, 3_600)),
        ),
        (
            json!({ "refresh": { "retry_window": 61 } }),
            format!("refresh.retry_window: 61 {}", between(0, 60)),
        ),
        (
            json!({ "refresh": { "absolute": 60 } }),
            "refresh.idle: is longer than `absolute`".to_owned(),
        ),
        (
            json!({ "keys": { "rotate_after": 86_399 } }),
            "keys.rotate_after: 86399 is neither 0 nor between 86400 and 31622400 seconds".to_owned(),
        ),
        (
            json!({ "transaction_lifetime": 10 }),
            format!("transaction_lifetime: 10 {}", between(300, 86_400)),
        ),
        (
            json!({ "transaction_lifetime": 300, "otp": { "lifetime": 600 } }),
            "transaction_lifetime: is shorter than `otp.lifetime`".to_owned(),
        ),
    ] {
        let error = read(with(&[("/policy", policy)])).unwrap_err();
        assert_eq!(error, format!("tenants.urbantrend.policy.{line}"));
    }
}
