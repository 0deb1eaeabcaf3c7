use serde_json::json;

use super::refused;

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
