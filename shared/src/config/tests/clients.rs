use serde_json::json;

use super::{read, refused, with};
use crate::model::GrantType;

const SHOPEASE: &str = "/clients/shopease";

/// Cases below one client.
pub(super) fn client(name: &str, cases: &[(&str, serde_json::Value, &str)]) {
    let cases: Vec<_> = cases
        .iter()
        .map(|(path, value, line)| {
            (
                format!("/clients/{name}{path}"),
                value.clone(),
                format!(".clients.{name}{line}"),
            )
        })
        .collect();
    let cases: Vec<_> = cases
        .iter()
        .map(|(p, v, l)| (p.as_str(), v.clone(), l.as_str()))
        .collect();
    refused(&cases);
}

#[test]
fn redirect_uris_are_refused_by_the_rules_of_registration() {
    client(
        "shopease",
        &[
            ("/redirect_uris", json!([]), ".redirect_uris: lists none"),
            (
                "/redirect_uris",
                json!(["https://a.tld/x", "https://a.tld/x"]),
                ".redirect_uris[1]: `https://a.tld/x` is there twice",
            ),
            (
                "/redirect_uris/0",
                json!("http://shopease.tld/callback"),
                ".redirect_uris[0]: uses http for a host that is not this machine",
            ),
            (
                "/redirect_uris/0",
                json!("https://shopease.tld/*"),
                ".redirect_uris[0]: has a character that is not allowed (`*`, `\\`, spaces, control characters)",
            ),
            (
                "/redirect_uris/0",
                json!("https://shopease.tld/a#b"),
                ".redirect_uris[0]: has a fragment",
            ),
            (
                "/redirect_uris/0",
                json!("https://u@shopease.tld/a"),
                ".redirect_uris[0]: has user information",
            ),
            (
                "/redirect_uris/0",
                json!("com.shopease.app:/cb"),
                ".redirect_uris[0]: uses a scheme that is neither https nor a private one with a dot in it",
            ),
            (
                "/redirect_uris/0",
                json!("/callback"),
                ".redirect_uris[0]: is not an absolute URI",
            ),
            (
                "/post_logout_redirect_uris",
                json!(["http://shopease.tld/bye"]),
                ".post_logout_redirect_uris[0]: uses http for a host that is not this machine",
            ),
            (
                "/post_logout_redirect_uris",
                json!(["https://*.shopease.tld/"]),
                ".post_logout_redirect_uris[0]: has a character that is not allowed (`*`, `\\`, spaces, control characters)",
            ),
        ],
    );
}

#[test]
fn allowed_origins_are_exact_origins() {
    client(
        "shopease",
        &[
            (
                "/allowed_origins",
                json!(["*"]),
                ".allowed_origins[0]: has a character that does not belong into an address",
            ),
            (
                "/allowed_origins",
                json!(["null"]),
                ".allowed_origins[0]: is not an absolute URI",
            ),
            (
                "/allowed_origins",
                json!(["https://a.tld/"]),
                ".allowed_origins[0]: is not an origin, which would be `https://a.tld`",
            ),
            (
                "/allowed_origins",
                json!(["https://a.tld:443"]),
                ".allowed_origins[0]: is not an origin, which would be `https://a.tld`",
            ),
            (
                "/allowed_origins",
                json!(["http://a.tld"]),
                ".allowed_origins[0]: uses http for a host that is not this machine",
            ),
        ],
    );
}

#[test]
fn a064_refresh_tokens_that_nothing_proves_are_replaced() {
    client(
        "spa",
        &[(
            "/refresh_token_rotation",
            json!(true),
            ".refresh_token_rotation: is of no use without refresh tokens, which `scopes` with offline_access gives",
        )],
    );
    let rotates = |changes: &[(&str, serde_json::Value)]| {
        let configuration =
            read(with(changes)).map_err(|line| line.split_once(": ").unwrap().1.to_owned())?;
        let client = |name| move |c: &&crate::model::Client| c.id.as_str() == name;
        let (_, clients) = &configuration.tenants[0];
        let found = |name| clients.iter().map(AsRef::as_ref).find(client(name)).unwrap();
        Ok::<_, String>([found("shopease"), found("spa")].map(|c| c.rotates_refresh_tokens))
    };
    let (shop, spa) = (
        "/clients/shopease/refresh_token_rotation",
        "/clients/spa/refresh_token_rotation",
    );
    let offline = ("/clients/spa/scopes", json!(["openid", "offline_access"]));
    let bound = ("/clients/spa/dpop_bound_access_tokens", json!(true));
    assert_eq!(rotates(&[]), Ok([false, true]));
    assert_eq!(rotates(&[(shop, json!(true))]), Ok([true, true]));
    assert_eq!(rotates(&[offline.clone(), bound.clone()]), Ok([false, true]));
    assert_eq!(
        rotates(&[offline.clone(), bound, (spa, json!(false))]),
        Ok([false, false])
    );
    assert_eq!(
        rotates(&[offline, (spa, json!(false))]),
        Err("is off for a public client, whose refresh tokens nothing proves without `dpop_bound_access_tokens`".to_owned())
    );
}

#[test]
fn scopes_and_grants_agree() {
    client(
        "shopease",
        &[
            (
                "/scopes",
                json!([]),
                ".scopes: lists none, so it could never ask for anything",
            ),
            (
                "/scopes/2",
                json!("loyalty.points.read"),
                ".scopes[2]: `loyalty.points.read` is not in the scope catalogue",
            ),
            (
                "/scopes/2",
                json!("openid"),
                ".scopes[2]: `openid` is there twice",
            ),
            (
                "/grant_types",
                json!(["authorization_code"]),
                ".grant_types: lacks refresh_token, but `scopes` allows offline_access",
            ),
            ("/grant_types", json!([]), ".grant_types: lists none"),
            (
                "/grant_types",
                json!(["authorization_code", "refresh_token", "refresh_token"]),
                ".grant_types[2]: is there twice",
            ),
            (
                "/grant_types",
                json!(["client_credentials"]),
                ".grant_types: lacks refresh_token, but `scopes` allows offline_access",
            ),
        ],
    );
    let refresh = json!(["authorization_code", "refresh_token"]);
    client(
        "spa",
        &[(
            "/grant_types",
            refresh,
            ".grant_types: has refresh_token, but `scopes` does not allow offline_access",
        )],
    );
}

#[test]
fn what_people_read_about_an_app_is_plain_text() {
    client(
        "shopease",
        &[
            (
                "/name",
                json!("Shop\nEase"),
                ".name: has a control or text direction character",
            ),
            ("/publisher", json!(""), ".publisher: is empty"),
            (
                "/purpose",
                json!("x".repeat(201)),
                ".purpose: is longer than 200 characters",
            ),
            ("/policy_uri", json!("ftp://a.tld"), ".policy_uri: is not https"),
            (
                "/tos_uri",
                json!("https://a.tld/\" onclick"),
                ".tos_uri: has a character that does not belong into an address",
            ),
            ("/uri", json!("shopease"), ".uri: is not an absolute URI"),
            (
                "/secret",
                json!("x"),
                ".secret: unknown field `secret`, expected one of `name`, `publisher`, `uri`, `policy_uri`, `tos_uri`, `purpose`, `security_profile`, `token_endpoint_auth_method`, `client_secret`, `client_secret_digest`, `jwks`, `jwks_uri`, `client_assertion_audience`, `application_type`, `redirect_uris`, `post_logout_redirect_uris`, `allowed_origins`, `scopes`, `grant_types`, `pkce`, `sector`, `subject_type`, `id_token_signed_response_alg`, `userinfo_signed_response_alg`, `introspection_signed_response_alg`, `request_object_signing_alg`, `require_signed_request_object`, `require_pushed_authorization_requests`, `dpop_bound_access_tokens`, `refresh_token_rotation`, `require_auth_time`, `default_max_age`, `backchannel_logout_uri`, `initiate_login_uri`, `resource`",
            ),
            (
                "/id_token_signed_response_alg",
                json!("PS256"),
                ".id_token_signed_response_alg: PS256 is not among the tenant's `algorithms`",
            ),
        ],
    );
    let odd = with(&[(
        "/clients/shop ease",
        super::valid()
            .pointer(&format!("{}{SHOPEASE}", super::TENANT))
            .unwrap()
            .clone(),
    )]);
    let line =
        "tenants.urbantrend.clients.\"shop ease\": is not a name of 1 to 128 letters, digits and - . _ ~";
    assert_eq!(read(odd).unwrap_err(), line);
}

#[test]
fn a056_who_acts_for_itself_authenticates_and_has_an_api_to_go_to() {
    let own = json!(["authorization_code", "refresh_token", "client_credentials"]);
    assert!(read(with(&[("/clients/shopease/grant_types", own.clone())])).is_ok());
    let without_api = with(&[
        ("/clients/shopease/grant_types", own.clone()),
        ("/clients/shopease/scopes", json!(["openid", "offline_access"])),
    ]);
    assert_eq!(
        read(without_api).unwrap_err(),
        "tenants.urbantrend.clients.shopease.grant_types: has client_credentials, but `scopes` names nothing of an API"
    );
    let public = with(&[
        ("/clients/spa/grant_types", own),
        (
            "/clients/spa/scopes",
            json!(["openid", "offline_access", "loyalty.tier.read"]),
        ),
    ]);
    assert_eq!(
        read(public).unwrap_err(),
        "tenants.urbantrend.clients.spa.grant_types: has client_credentials, but the client cannot authenticate"
    );
}

#[test]
fn rfc8693_a_brand_knows_whether_one_of_its_apps_hands_sessions_on() {
    let app = json!({
        "name": "App", "token_endpoint_auth_method": "none", "application_type": "native",
        "redirect_uris": ["http://127.0.0.1/cb"], "scopes": ["openid", "offline_access"],
        "grant_types": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
    });
    let exchanges = |whole| {
        let offers = &read(whole).unwrap().tenants[0].0.offers;
        offers.grants.contains(&GrantType::TokenExchange)
    };
    assert!(!exchanges(super::valid()));
    assert!(exchanges(with(&[("/clients/app", app.clone())])));
    let mut web = app;
    web["application_type"] = json!("web");
    assert_eq!(
        read(with(&[("/clients/app", web)])).unwrap_err(),
        "tenants.urbantrend.clients.app.grant_types: has token-exchange, but `application_type` is not native"
    );
}

#[test]
fn a_client_without_a_browser_has_nowhere_to_send_one() {
    let robot = json!({
        "name": "Robot", "client_secret": "robot-secret-of-its-own", "grant_types": ["client_credentials"],
        "scopes": ["loyalty.tier.read"],
    });
    let mut strayed = robot.clone();
    strayed["redirect_uris"] = json!(["https://robot.tld/callback"]);
    assert_eq!(
        read(with(&[("/clients/robot", strayed)])).unwrap_err(),
        "tenants.urbantrend.clients.robot.redirect_uris: is of no use without the grant authorization_code"
    );
    let read_back = read(with(&[("/clients/robot", robot)])).unwrap();
    let robot = read_back.tenants[0]
        .1
        .iter()
        .find(|c| c.id.as_str() == "robot")
        .unwrap();
    assert!(robot.redirect_uris.is_empty() && robot.scopes.contains("loyalty.tier.read"));
}

#[test]
fn an_api_that_only_asks_gets_no_tokens() {
    let api = json!({
        "name": "Loyalty API", "client_secret": "loyalty-secret-of-its-own", "resource": "loyalty", "grant_types": [],
        "scopes": [],
    });
    let read_back = read(with(&[("/clients/api", api.clone())])).unwrap();
    let client = read_back.tenants[0]
        .1
        .iter()
        .find(|c| c.id.as_str() == "api")
        .unwrap();
    assert_eq!(client.resource.as_deref(), Some("https://loyalty.urbantrend.tld"));
    assert!(client.grant_types.is_empty() && client.scopes.is_empty());
    let mut nobody = api;
    nobody.as_object_mut().unwrap().remove("resource");
    assert!(read(with(&[("/clients/api", nobody)])).is_err());
}
