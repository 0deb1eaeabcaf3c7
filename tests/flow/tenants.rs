// Long because it is one table of everything that a brand gives out, at every endpoint.
//! Two brands on one process: whatever one of them gave out is nothing at the other, at every endpoint, and works at
//! home as if it had never been shown there (TE1-TE4, TE7, TE10, a095).

mod loot;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use self::{
    loot::{Loot, Place, Stash},
    row::{Refused, Row},
};
use crate::harness::{ALICE, Browser, Client, EXCHANGE, SESSION_TRANSFER, World, header_of};

/// A client of equal name and equal key at the other brand, so that only the brand differs.
const SHOPEASE_NORTH: &str = r#"
[tenants.northpeak.clients.shopease]
name = "ShopEase"
token_endpoint_auth_method = "private_key_jwt"
jwks = '''{"keys": [{
    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "shopease-demo",
    "x": "KBfYx4XsipH9ILoMzldrd_eSE2x6TozrivyUAVkcs0c",
    "y": "O4lhPhBFUeLphrK5Odv18hIMSPSSlejnyHCEDJeC7qk"
}]}'''
redirect_uris = ["{scheme}://shopease.localhost:{port}/callback"]
scopes = ["openid", "profile", "offline_access"]

# Two that have the names of clients of Urban Trend, and are others."#;

async fn two_brands() -> World {
    let mark = "# Two that have the names of clients of Urban Trend, and are others.";
    World::edited(&[(mark, SHOPEASE_NORTH)]).await
}

fn places(world: &World) -> [Place; 2] {
    let place = |name, conformance: Client, own: (&str, &str), jwt: Client| {
        let brand = conformance.brand.clone();
        let own = Client::basic(
            brand.clone(),
            own.0,
            own.1,
            &world.url(&format!("{}.localhost", own.0), "/callback"),
        );
        Place {
            name,
            brand,
            conformance,
            own,
            jwt,
        }
    };
    let callback = world.url("shopease.localhost", "/callback");
    let jwt_north = Client::private_key_jwt(world.northpeak(), "shopease", &callback);
    [
        place(
            "urbantrend",
            world.conformance(),
            ("fashionboard", "fashionboard-demo-secret"),
            world.shopease(),
        ),
        place(
            "northpeak",
            world.conformance_north(),
            ("trailmix", "trailmix-demo-secret"),
            jwt_north,
        ),
    ]
}

/// Everything of home, at every endpoint of the other brand. `own` is what a visitor holds there rightly.
#[expect(
    clippy::too_many_lines,
    reason = "it is a table: one row after the other reads best"
)]
fn table(home: &Loot, there: &Place, own: &Loot) -> Vec<Row> {
    let unknown = || Refused::Page(400, "transaction_not_found");
    let forged = || Refused::Page(403, "cross_site_request");
    let grant = || Refused::Json(400, "invalid_grant");
    let client = || Refused::Json(401, "invalid_client");
    let token = || Refused::Json(401, "invalid_token");
    let secret = there.secret();
    let query = |request: &crate::harness::Authorization| request.url().replace(&there.brand.issuer, "");
    let silent = query(&there.conformance.authorize("openid").with("prompt", "none"));
    let hinted = there
        .conformance
        .authorize("openid")
        .with("prompt", "none")
        .with("id_token_hint", &home.id_token);
    let pushed = there.conformance.authorize("openid").naming(
        "conformance",
        "request_uri",
        home.pushed.get("request_uri"),
    );
    let asked = there.conformance.authorize("openid").without("client_id").params;
    let asked: Vec<(&str, &str)> = asked.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let foreign = there
        .conformance
        .authorize("openid")
        .with("client_id", &home.own.id)
        .with("redirect_uri", &home.own.redirect_uri);
    let tx = |stash: &Stash| stash.field("tx");
    let token_of = |stash: &Stash| stash.field("csrf");
    let code = |what, at: &Stash, csrf: &str, code: &str, refused| {
        let (tx, action) = (tx(at), "code");
        let fields = [("tx", &*tx), ("csrf", csrf), ("code", code), ("action", action)];
        Row::post(what, "/login", &fields, refused).cookies(&at.cookies)
    };
    let allow = |what, at: &Stash, csrf: &str, refused| {
        let fields = [("tx", &*tx(at)), ("csrf", csrf), ("decision", "allow")];
        Row::post(what, "/consent", &fields, refused).cookies(&at.cookies)
    };
    let exchange = home.exchange();
    let exchange: Vec<(&str, &str)> = exchange.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", home.refresh.as_str()),
    ];
    let assertion = [
        ("grant_type", "refresh_token"),
        ("refresh_token", own.refresh.as_str()),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", home.assertion.as_str()),
    ];
    let hint = |loot: &Loot| {
        format!(
            "/oauth2/sessions/logout?id_token_hint={}&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fsigned-out",
            loot.id_token
        )
    };
    let csrf = token_of(&home.account);
    let revoke = [("client", "conformance"), ("csrf", &csrf)];
    let end = [("session", &*home.session_id), ("csrf", &csrf)];
    vec![
        // The cookies of home.
        Row::get(
            "session at authorize",
            silent.clone(),
            Refused::Callback("login_required"),
        )
        .cookies(&home.session),
        Row::get("session at account", "/account".to_owned(), Refused::SignIn).cookies(&home.session),
        Row::get(
            "session at logout",
            "/oauth2/sessions/logout".to_owned(),
            Refused::Shows(200, "main#signed-out"),
        )
        .cookies(&home.session),
        Row::post(
            "session at account/revoke",
            "/account/revoke",
            &revoke,
            Refused::SignIn,
        )
        .cookies(&home.session),
        Row::post(
            "session at account/end-session",
            "/account/end-session",
            &end,
            Refused::SignIn,
        )
        .cookies(&home.session),
        Row::get(
            "transaction at authorize",
            format!("/oauth2/auth?tx={}", tx(&home.code_step)),
            unknown(),
        )
        .cookies(&home.code_step.cookies),
        Row::get(
            "transaction at login",
            format!("/login?tx={}", tx(&home.code_step)),
            unknown(),
        )
        .cookies(&home.code_step.cookies),
        Row::get(
            "transaction at consent",
            format!("/consent?tx={}", tx(&home.consent_step)),
            unknown(),
        )
        .cookies(&home.consent_step.cookies),
        code(
            "transaction and code at login",
            &home.code_step,
            &token_of(&home.code_step),
            &home.one_time_code,
            unknown(),
        ),
        allow(
            "transaction posted at consent",
            &home.consent_step,
            &token_of(&home.consent_step),
            unknown(),
        ),
        // The visitor's own cookies of this brand, with something of home.
        code(
            "form token at login",
            &own.code_step,
            &token_of(&home.code_step),
            &own.one_time_code,
            forged(),
        ),
        code(
            "one-time code at login",
            &own.code_step,
            &token_of(&own.code_step),
            &home.one_time_code,
            Refused::Shows(400, "#code-error"),
        ),
        allow(
            "form token at consent",
            &own.consent_step,
            &token_of(&home.consent_step),
            forged(),
        ),
        Row::post(
            "form token at account/revoke",
            "/account/revoke",
            &revoke,
            forged(),
        )
        .cookies(&own.session),
        Row::post(
            "form token at account/end-session",
            "/account/end-session",
            &end,
            forged(),
        )
        .cookies(&own.session),
        // Whatever the brand, its own ID token would sign her out and lead back; a foreign one must not.
        Row::get("id_token_hint at logout", hint(home), Refused::Shows(200, "form")).cookies(&own.session),
        Row::get(
            "id_token_hint at authorize",
            query(&hinted),
            Refused::Callback("invalid_request"),
        )
        .cookies(&own.session),
        // Sessions on their way from an app.
        Row::get(
            "transfer at the page",
            format!("/session/transfer?token={}", home.transfer),
            Refused::Page(400, "transfer_unknown"),
        ),
        Row::post(
            "answer to a transfer",
            "/session/transfer",
            &[
                ("tx", &home.transfer_step.field("tx")),
                ("csrf", &home.transfer_step.field("csrf")),
                ("decision", "continue"),
            ],
            Refused::Page(400, "transaction_not_found"),
        )
        .cookies(&home.transfer_step.cookies),
        Row::post(
            "refresh token at token exchange",
            "/oauth2/token",
            &[
                ("grant_type", EXCHANGE),
                ("client_id", "brand-app"),
                ("subject_token", &home.app_refresh),
                (
                    "subject_token_type",
                    "urn:ietf:params:oauth:token-type:refresh_token",
                ),
                ("requested_token_type", SESSION_TRANSFER),
            ],
            Refused::Json(400, "invalid_request"),
        ),
        // Clients and tokens.
        Row::get(
            "client at authorize",
            query(&foreign),
            Refused::Page(400, "invalid_client"),
        ),
        Row::get(
            "pushed request at authorize",
            query(&pushed),
            Refused::Page(400, "invalid_request_uri"),
        )
        .cookies(&own.session),
        Row::post("client at par", "/oauth2/par", &asked, client()).basic(&home.own.id, &home.own_secret),
        Row::post(
            "client secret of an equal name at par",
            "/oauth2/par",
            &asked,
            client(),
        )
        .basic("conformance", &home.secret),
        Row::post(
            "client at the devices' endpoint",
            "/oauth2/device/auth",
            &asked,
            client(),
        )
        .basic(&home.own.id, &home.own_secret),
        Row::post("client at token", "/oauth2/token", &exchange, client())
            .basic(&home.own.id, &home.own_secret),
        Row::post(
            "client secret of an equal name at token",
            "/oauth2/token",
            &refresh,
            client(),
        )
        .basic("conformance", &home.secret),
        Row::post(
            "client assertion of an equal name and key at token",
            "/oauth2/token",
            &assertion,
            client(),
        ),
        Row::post("code at token", "/oauth2/token", &exchange, grant()).basic("conformance", secret),
        Row::post("refresh token at token", "/oauth2/token", &refresh, grant()).basic("conformance", secret),
        Row::post(
            "refresh token at revoke",
            "/oauth2/revoke",
            &[("token", &*home.refresh)],
            Refused::Nothing,
        )
        .basic("conformance", secret),
        Row::post(
            "access token at revoke",
            "/oauth2/revoke",
            &[("token", &*home.access)],
            Refused::Nothing,
        )
        .basic("conformance", secret),
        Row::post(
            "client at revoke",
            "/oauth2/revoke",
            &[("token", &*home.refresh)],
            client(),
        )
        .basic(&home.own.id, &home.own_secret),
        Row::post(
            "refresh token at introspect",
            "/oauth2/introspect",
            &[("token", &*home.refresh)],
            Refused::Inactive,
        )
        .basic("conformance", secret),
        Row::post(
            "access token at introspect",
            "/oauth2/introspect",
            &[("token", &*home.access)],
            Refused::Inactive,
        )
        .basic("conformance", secret),
        Row::post(
            "client at introspect",
            "/oauth2/introspect",
            &[("token", &*own.access)],
            client(),
        )
        .basic(&home.own.id, &home.own_secret),
        Row::get("access token at userinfo", "/userinfo".to_owned(), token()).bearer(&home.access),
        Row::get("id token at userinfo", "/userinfo".to_owned(), token()).bearer(&home.id_token),
        Row::post(
            "access token posted at userinfo",
            "/userinfo",
            &[("access_token", home.access.as_str())],
            token(),
        ),
    ]
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn a095_whatever_one_brand_gave_out_is_nothing_at_the_other_and_works_at_home() {
    let world = two_brands().await;
    let [urban, north] = places(&world);
    let (of_urban, of_north) = (
        Loot::collect(&world, &urban).await,
        Loot::collect(&world, &north).await,
    );
    for (home, there, own) in [(&of_urban, &north, &of_north), (&of_north, &urban, &of_urban)] {
        for row in table(home, there, own) {
            let what = format!("{} (at {})", row.what, there.name);
            row.refused.check(&what, &row.present(there).await);
        }
    }
    of_urban.works(&world, &urban).await;
    of_north.works(&world, &north).await;
}

/// An endpoint that discovery names and the table forgets fails here.
#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "moves the clock")]
async fn the_table_holds_every_endpoint() {
    let world = two_brands().await;
    let [urban, north] = places(&world);
    let (home, own) = (
        Loot::collect(&world, &urban).await,
        Loot::collect(&world, &north).await,
    );
    let tried: BTreeSet<String> = table(&home, &north, &own)
        .iter()
        .map(|row| row.path.split('?').next().unwrap().to_owned())
        .collect();
    let mut expected: BTreeSet<String> = [
        "/login",
        "/consent",
        "/account",
        "/account/revoke",
        "/account/end-session",
        "/session/transfer",
    ]
    .map(str::to_owned)
    .into();
    let metadata = north.brand.json("/.well-known/openid-configuration").await;
    for (name, url) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") {
            expected.insert(url.as_str().unwrap().replace(&north.brand.issuer, ""));
        }
    }
    assert_eq!(tried, expected);
}

#[tokio::test]
async fn te1_a_client_of_another_brand_is_told_what_an_unknown_one_is_told() {
    let world = World::start().await;
    let north = world.northpeak();
    let answer = async |id: &str, secret: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let request = north.request(Method::POST, "/oauth2/token").form(&fields);
        let answer = request.basic_auth(id, Some(secret)).send().await.unwrap();
        let headers: BTreeSet<String> = answer.headers().keys().map(ToString::to_string).collect();
        (answer.status(), headers, answer.text().await.unwrap())
    };
    let unknown = answer("nobody", "nothing").await;
    assert_eq!(unknown.0, 401);
    assert_eq!(answer("fashionboard", "fashionboard-demo-secret").await, unknown);
    assert_eq!(answer("conformance", "conformance-demo-secret").await, unknown);
    let page = async |id: &str| {
        let client = Client::public(north.clone(), id, "http://127.0.0.1:3999/callback");
        let page = world.browser().get(&client.authorize("openid").url()).await;
        (page.status, page.error(), page.text("main h1"))
    };
    assert_eq!(page("fashionboard").await, page("nobody").await);
}

#[tokio::test]
async fn te4_keys_are_disjoint() {
    let world = World::start().await;
    let (urban, north) = (world.urbantrend().keys().await, world.northpeak().keys().await);
    let values = |keys: &BTreeMap<String, Value>| -> BTreeSet<String> {
        let part = |k: &Value| k["n"].as_str().or(k["x"].as_str()).unwrap().to_owned();
        keys.values().map(part).collect()
    };
    assert!(!urban.is_empty() && !north.is_empty());
    assert!(urban.keys().all(|kid| !north.contains_key(kid)), "a shared kid");
    assert!(values(&urban).is_disjoint(&values(&north)), "a shared key");
    let tokens = world
        .conformance()
        .tokens(&world, &mut world.browser(), "openid", ALICE)
        .await;
    for token in [&tokens.access, tokens.id.as_ref().unwrap()] {
        let kid = header_of(token)["kid"].as_str().unwrap().to_owned();
        assert!(urban.contains_key(&kid) && !north.contains_key(&kid));
    }
}

#[tokio::test]
async fn te10_one_number_is_another_subject_at_each_brand_and_in_each_sector() {
    let mark = "application_type = \"native\"";
    let same_sector = "application_type = \"native\"\nsector = \"conformance.localhost\"";
    let world = World::edited(&[(mark, same_sector)]).await;
    let subject = async |client: Client, browser: &mut Browser| {
        let tokens = client.tokens(&world, browser, "openid", ALICE).await;
        let info: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
        assert_eq!(info["phone_number"], Value::Null, "not without the scope phone");
        assert_eq!(info["sub"], tokens.id_claims()["sub"]);
        info["sub"].as_str().unwrap().to_owned()
    };
    let mut browser = world.browser();
    let here = subject(world.conformance(), &mut browser).await;
    assert_eq!(
        here,
        subject(world.spa(), &mut browser).await,
        "one sector, one subject"
    );
    assert_ne!(here, subject(world.fashionboard(), &mut browser).await);
    assert_ne!(here, subject(world.conformance_north(), &mut browser).await);
    assert_eq!(
        here,
        subject(world.conformance(), &mut world.browser()).await,
        "stable for ever"
    );
}

/// OpenID Connect Core s8: a client may be registered for the subject that all such clients of the brand see.
#[tokio::test]
async fn te10_a_public_subject_is_one_per_brand_and_no_pairwise_one() {
    let conformance = "sector = \"conformance.localhost\"\n";
    let spa = "application_type = \"native\"\n";
    let public = "subject_type = \"public\"\n";
    let world = World::edited(&[(conformance, public), (spa, &format!("{spa}{public}"))]).await;
    let subject = async |client: Client, browser: &mut Browser| {
        let tokens = client.tokens(&world, browser, "openid", ALICE).await;
        let info: Value = client.userinfo(&tokens.access).await.json().await.unwrap();
        assert_eq!(info["sub"], tokens.id_claims()["sub"]);
        info["sub"].as_str().unwrap().to_owned()
    };
    let here = subject(world.conformance(), &mut world.browser()).await;
    assert_eq!(here, subject(world.spa(), &mut world.browser()).await);
    assert_ne!(here, subject(world.fashionboard(), &mut world.browser()).await);
    assert_ne!(
        here,
        subject(world.conformance_north(), &mut world.browser()).await
    );
    // It is no number, and not what anything else of hers is called by.
    assert!(here.len() >= 20 && !here.contains(&ALICE[1..]), "{here}");
}
