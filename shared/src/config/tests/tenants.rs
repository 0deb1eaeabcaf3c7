use serde_json::json;

use super::{read, refused, valid};

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
