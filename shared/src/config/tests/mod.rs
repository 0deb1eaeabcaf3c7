//! A small valid configuration, and what must be refused about it: one exact line each.

mod accepted;
mod clients;
mod connections;
mod credentials;
mod members_and_policy;
mod sectors;
mod security_profile;
mod stored;
mod tenants;
mod words_and_looks;

use serde_json::{Value, json};

use super::Configuration;

/// One brand with two partner apps and two members.
fn valid() -> Value {
    json!({ "tenants": { "urbantrend": {
        "issuer": "https://auth.urbantrend.tld",
        "sandbox": true,
        "countries": ["GB", "IN"],
        "algorithms": ["RS256", "ES256"],
        "brand": {
            "name": "Urban Trend",
            "monogram": "UT",
            "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6", "radius": 10, "font": "humanist" }
        },
        "resources": { "loyalty": { "identifier": "https://loyalty.urbantrend.tld", "member_key": "A".repeat(43) } },
        "scopes": { "loyalty.tier.read": {
            "question": { "en": "Allow {app} to view your status?" },
            "label": { "en": "See your status", "hi": "आपका स्तर देखना" },
            "resource": "loyalty"
        } },
        "clients": {
            "shopease": {
                "name": "ShopEase",
                "client_secret": "shopease-secret-1",
                "redirect_uris": ["https://shopease.tld/callback"],
                "scopes": ["openid", "offline_access", "loyalty.tier.read"]
            },
            "spa": {
                "name": "Native demo",
                "token_endpoint_auth_method": "none",
                "application_type": "native",
                "redirect_uris": ["http://127.0.0.1/callback"],
                "scopes": ["openid"]
            }
        },
        "members": [
            { "id": "ut-1", "number": "+447700900101", "profile": { "name": "Alice" } },
            { "id": "ut-2", "number": "+447700900199", "status": "suspended", "fixed_code": "424242" }
        ]
    } } })
}

const TENANT: &str = "/tenants/urbantrend";

/// The valid configuration with one setting put in, or taken out when the value is null.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut whole = valid();
    for (path, value) in changes {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let place = whole.pointer_mut(&format!("{TENANT}{parent}")).unwrap();
        match (place, value) {
            (Value::Object(table), Value::Null) => drop(table.remove(name).unwrap()),
            (Value::Object(table), value) => drop(table.insert(name.to_owned(), value.clone())),
            (Value::Array(list), value) => list[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{path} is not in a table or list"),
        }
    }
    whole
}

fn read(whole: Value) -> Result<Configuration, String> {
    Configuration::read(whole).map_err(|error| error.to_string())
}

/// Each change of one setting is refused by exactly this line, below the tenant.
fn refused(cases: &[(&str, Value, &str)]) {
    assert!(read(valid()).is_ok(), "{:?}", read(valid()));
    for (path, value, line) in cases {
        let error = read(with(&[(path, value.clone())])).unwrap_err();
        assert_eq!(error, format!("tenants.urbantrend{line}"), "{path} = {value}");
        assert!(!error.contains('\n'));
    }
}
