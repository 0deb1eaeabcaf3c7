use serde_json::json;

use super::{read, refused, valid, with};

#[test]
fn what_is_unknown_or_missing_is_named() {
    let brand = "unknown field `css`, expected one of `name`, `monogram`, `logo`, `privacy_uri`, `terms_uri`, \
                 `support_uri`, `theme`";
    refused(&[
        ("/brand/css", json!("x"), &format!(".brand.css: {brand}")),
        (
            "/brand/theme/font",
            json!("comic"),
            ".brand.theme.font: unknown variant `comic`, expected one of `system`, `humanist`, `geometric`, `serif`",
        ),
        (
            "/sandbox",
            json!("yes"),
            ".sandbox: invalid type: string \"yes\", expected a boolean",
        ),
        (
            "/algorithms/1",
            json!("HS256"),
            ".algorithms[1]: unknown variant `HS256`, expected one of `RS256`, `ES256`, `PS256`",
        ),
        (
            "/scopes/loyalty.tier.read/label",
            json!({ "en": "x", "fr": "y" }),
            ".scopes.\"loyalty.tier.read\".label: unknown variant `fr`, expected one of `en`, `hi`, `ar`",
        ),
        ("/brand/name", json!(null), ".brand: missing field `name`"),
    ]);
    assert_eq!(read(json!({})).unwrap_err(), "tenants: there is none");
    assert_eq!(
        read(json!({ "tenant": {} })).unwrap_err(),
        "tenant: unknown field `tenant`, expected `tenants`"
    );
}

#[test]
fn a_name_there_twice_is_refused_though_json_allows_it() {
    let text = r#"{"tenants": {"a": null, "a": null}}"#;
    let mut source = serde_json::Deserializer::from_str(text);
    let error = super::Configuration::read(&mut source).unwrap_err().to_string();
    assert_eq!(
        error,
        "tenants.a: invalid type: null, expected struct TenantDeclaration at line 1 column 22"
    );

    let tenant = valid()["tenants"]["urbantrend"].to_string();
    let twice = format!(r#"{{"tenants": {{"a": {tenant}, "a": {tenant}}}}}"#);
    let mut source = serde_json::Deserializer::from_str(&twice);
    let error = super::Configuration::read(&mut source).unwrap_err().to_string();
    assert!(error.starts_with("tenants: `a` is there twice"), "{error}");
}

#[test]
fn two_brands_never_share_a_host() {
    let mut whole = valid();
    for issuer in ["https://auth.urbantrend.tld", "https://auth.urbantrend.tld:8443"] {
        whole["tenants"]["zweite"] = whole["tenants"]["urbantrend"].clone();
        whole["tenants"]["zweite"]["issuer"] = json!(issuer);
        let error = read(whole.clone()).unwrap_err();
        assert_eq!(
            error,
            "tenants.zweite.issuer: has the host of tenant `urbantrend`"
        );
    }
    whole["tenants"]["zweite"]["issuer"] = json!("https://auth.zweite.tld");
    assert!(read(whole).is_ok());
}

#[test]
fn issuers_countries_algorithms() {
    let issuer = ".issuer: is not https://host or https://host:port (http is for names under localhost)";
    refused(&[
        ("/issuer", json!("http://auth.urbantrend.tld"), issuer),
        ("/issuer", json!("https://auth.urbantrend.tld/"), issuer),
        (
            "/countries",
            json!([]),
            ".countries: lists no country, so nobody could sign in",
        ),
        (
            "/countries/1",
            json!("XX"),
            ".countries[1]: `XX` is not a country whose numbers are known",
        ),
        ("/countries/1", json!("GB"), ".countries[1]: `GB` is there twice"),
        (
            "/algorithms",
            json!(["ES256"]),
            ".algorithms: lacks RS256, which every issuer must offer",
        ),
        (
            "/algorithms",
            json!(["RS256", "RS256"]),
            ".algorithms[1]: `RS256` is there twice",
        ),
    ]);
    let whole = json!({ "tenants": { "urban.trend": valid()["tenants"]["urbantrend"] } });
    let line = "tenants.\"urban.trend\": is not a name of 1 to 64 letters, digits and -";
    assert_eq!(read(whole).unwrap_err(), line);
}

#[test]
fn a_theme_can_be_read_by_everyone_and_carries_no_css() {
    let image = ".brand.logo: is not a data: URI of a PNG, SVG or WebP image in base64";
    refused(&[
        (
            "/brand/theme/primary",
            json!("#ffe000"),
            ".brand.theme.primary: #ffe000 on #ffffff has a contrast of 1.31, below 4.5",
        ),
        (
            "/brand/theme/primary_dark",
            json!("#7a1f5c"),
            ".brand.theme.primary_dark: #7a1f5c on #16161a has a contrast of 1.87, below 4.5",
        ),
        (
            "/brand/theme/accent",
            json!("red"),
            ".brand.theme.accent: `red` is not a colour written #rrggbb",
        ),
        (
            "/brand/theme/radius",
            json!(25),
            ".brand.theme.radius: 25 is more than 24",
        ),
        (
            "/brand/theme/radius",
            json!(300),
            ".brand.theme.radius: 300 is more than 24",
        ),
        (
            "/brand/monogram",
            json!("URBN"),
            ".brand.monogram: is longer than 3 characters",
        ),
        ("/brand/name", json!(" "), ".brand.name: is empty"),
        (
            "/brand/name",
            json!("a\u{202e}b"),
            ".brand.name: has a control or text direction character",
        ),
        (
            "/brand/privacy_uri",
            json!("javascript:alert(1)"),
            ".brand.privacy_uri: is not https",
        ),
        (
            "/brand/terms_uri",
            json!("http://urbantrend.tld"),
            ".brand.terms_uri: uses http for a host that is not this machine",
        ),
        (
            "/brand/support_uri",
            json!("https://u@urbantrend.tld"),
            ".brand.support_uri: has user information",
        ),
        ("/brand/logo", json!("https://urbantrend.tld/logo.png"), image),
        ("/brand/logo", json!("data:text/html;base64,AAAA"), image),
        ("/brand/logo", json!("data:image/png,AAAA"), image),
        (
            "/brand/logo",
            json!("data:image/png;base64,A\"><b>"),
            ".brand.logo: is not base64",
        ),
        (
            "/brand/logo",
            json!(format!("data:image/png;base64,{}", "A".repeat(10_240))),
            ".brand.logo: is larger than 10240 bytes",
        ),
        (
            "/brand/logo",
            json!("data:image/png;base64,"),
            ".brand.logo: is empty",
        ),
    ]);
}

#[test]
fn scopes_have_words_and_somebody_who_honours_them() {
    let scope = ".scopes.\"loyalty.tier.read\"";
    refused(&[
        (
            "/scopes/loyalty.tier.read/resource",
            json!("shop"),
            &format!("{scope}.resource: `shop` is not among the resources"),
        ),
        (
            "/scopes/loyalty.tier.read/resource",
            json!(null),
            &format!("{scope}: names no `resource` that would honour it"),
        ),
        (
            "/scopes/loyalty.tier.read/label",
            json!(null),
            &format!("{scope}: has no `label`"),
        ),
        (
            "/scopes/loyalty.tier.read/label",
            json!({ "hi": "x" }),
            &format!("{scope}.label: has no English text (`en`)"),
        ),
        (
            "/scopes/loyalty.tier.read/label",
            json!({ "en": "" }),
            &format!("{scope}.label.en: is empty"),
        ),
        (
            "/scopes/loyalty.tier.read/label",
            json!({ "en": "To {app}" }),
            &format!("{scope}.label.en: has a placeholder that nothing fills"),
        ),
        (
            "/scopes/loyalty.tier.read/question/hi",
            json!("?"),
            &format!("{scope}.question.hi: does not say {{app}}, the name of the partner app"),
        ),
        (
            "/scopes/loyalty.tier.read/version",
            json!(0),
            &format!("{scope}.version: versions begin with 1"),
        ),
        (
            "/scopes/a b",
            json!({ "label": { "en": "x" }, "resource": "loyalty" }),
            ".scopes.\"a b\": is not a scope of RFC 6749 s3.3",
        ),
        (
            "/scopes/email",
            json!({ "resource": "loyalty" }),
            ".scopes.email.resource: a standard scope belongs to the issuer's own userinfo",
        ),
        (
            "/scopes/openid",
            json!({ "optional": true }),
            ".scopes.openid.optional: nobody can sign in without it",
        ),
        (
            "/resources/loyalty/identifier",
            json!("https://auth.urbantrend.tld"),
            ".resources.loyalty.identifier: is the issuer itself",
        ),
        (
            "/resources/loyalty/identifier",
            json!("http://loyalty.tld"),
            ".resources.loyalty.identifier: uses http for a host that is not this machine",
        ),
        (
            "/resources/loyalty/identifier",
            json!("loyalty"),
            ".resources.loyalty.identifier: is not an absolute URI",
        ),
        (
            "/resources/loyalty/identifier",
            json!("https://a.tld/#x"),
            ".resources.loyalty.identifier: has a fragment",
        ),
        (
            "/resources/other",
            json!({ "identifier": "https://loyalty.urbantrend.tld" }),
            ".resources.other.identifier: is another resource's",
        ),
        (
            "/resources/loyalty/member_key",
            json!("AAAA"),
            ".resources.loyalty.member_key: is not 32 bytes in unpadded base64url",
        ),
    ]);
}

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
