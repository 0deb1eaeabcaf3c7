//! Documents and back.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Configuration, valid, with};
use crate::{
    config::{Declaration, StoredTenant, stored_client, stored_tenant},
    keyring::{Keyring, tests::keyring},
    model::{Client, ClientAuthentication, Directory, MessageSender, SecretHash, Tenant},
    types::{ClientId, Sealable, Secret, TenantId},
};

const WEBHOOK: &str = "a-webhook-secret-of-thirty-two-characters";
const DIRECTORY: &str = "a-directory-secret-of-thirty-two-or-more";

/// A brand's own app, of whose grant its brand knows.
fn app() -> Value {
    json!({
        "name": "App", "token_endpoint_auth_method": "none", "application_type": "native",
        "redirect_uris": ["http://127.0.0.1/cb"], "scopes": ["openid", "offline_access"],
        "grant_types": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
    })
}

/// Every kind of secret there is, except members' codes beside a directory.
fn everything() -> Value {
    let webhook = json!({ "sender": "webhook", "url": "https://sms.urbantrend.tld", "secret": WEBHOOK });
    let directory = json!({ "url": "https://loyalty.urbantrend.tld/members", "secret": DIRECTORY });
    let mut whole = with(&[
        ("/messages", webhook),
        ("/clients/spa/allowed_origins", json!(["https://spa.tld"])),
        ("/clients/app", app()),
    ]);
    let mut other = whole["tenants"]["urbantrend"].clone();
    other["issuer"] = json!("https://auth.zweite.tld");
    other["members"] = json!([]);
    other["directory"] = directory;
    whole["tenants"]["zweite"] = other;
    whole
}

fn store(whole: Value) -> Vec<StoredTenant> {
    Declaration::read(whole).unwrap().store(&keyring()).unwrap()
}

fn tenant_error(document: &Value, keyring: Option<&Keyring>) -> String {
    stored_tenant(&document.to_string(), keyring)
        .unwrap_err()
        .to_string()
}

/// A client of the file as a document holds it: its secrets under the keyring's key.
fn keyed(tenant: &TenantId, client: &Client) -> Client {
    let mut client = client.clone();
    if let ClientAuthentication::SecretBasic(hashes) = &mut client.authentication {
        for hash in hashes {
            let SecretHash::Plain(digest) = hash else { panic!() };
            *hash = SecretHash::Keyed(keyring().client_secret(tenant, &client.id, digest));
        }
    }
    client
}

#[test]
fn what_is_read_back_is_what_was_configured() {
    let direct = Configuration::read(everything()).unwrap();
    let stored = store(everything());
    assert_eq!(stored.len(), 2);
    for (stored, (tenant, clients)) in stored.iter().zip(&direct.tenants) {
        assert_eq!(stored.tenant, *tenant);
        let read = stored_tenant(&stored.document, Some(&keyring())).unwrap();
        assert_eq!(read, **tenant);
        let read: Vec<_> = stored
            .clients
            .iter()
            .map(|(_, document)| stored_client(document, &read).unwrap())
            .collect();
        let keyed: Vec<_> = clients.iter().map(|c| keyed(&tenant.id, c)).collect();
        assert_eq!(read, keyed);
        let members: Vec<_> = direct.members.iter().filter(|(of, _)| *of == tenant.id).collect();
        assert_eq!(stored.members.len(), members.len());
    }
    assert_eq!(stored[0].members[0], direct.members[0].1);
}

#[test]
fn st7_no_document_holds_a_secret() {
    let member_key = "A".repeat(43);
    let stored = store(everything());
    let documents: Vec<&String> = stored
        .iter()
        .flat_map(|s| std::iter::once(&s.document).chain(s.clients.iter().map(|(_, d)| d)))
        .collect();
    assert_eq!(documents.len(), 8);
    for secret in [
        &member_key,
        WEBHOOK,
        DIRECTORY,
        "shopease-secret-1",
        "424242",
        "447700900199",
    ] {
        assert!(everything().to_string().contains(secret), "{secret}");
        for document in &documents {
            assert!(!document.contains(secret), "{secret} in {document}");
        }
    }
}

#[test]
fn storing_again_writes_the_same() {
    let (one, two) = (store(everything()), store(everything()));
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one.document, two.document);
        assert_eq!(one.clients, two.clients);
    }
}

#[test]
fn a_document_says_what_the_file_says_and_no_more() {
    let bare = json!({ "tenants": { "bare": {
        "issuer": "https://auth.bare.tld",
        "countries": ["GB"],
        "brand": { "name": "Bare", "monogram": "B",
            "theme": { "primary": "#7a1f5c", "primary_dark": "#f0a6d6" } },
        "policy": { "otp": { "resend_waits": [] } },
        "clients": { "app": {
            "name": "App", "client_secret": "2v8yEJ0xJtQf8zCk1p4q7m9sUwXbZdLhRnTgVaYcKeI",
            "redirect_uris": ["https://app.tld/cb"], "scopes": ["openid"]
        } }
    } } });
    let stored = store(bare);
    assert_eq!(
        stored[0].document,
        r##"{"tenant":"bare","settings":{"issuer":"https://auth.bare.tld","sandbox":false,"countries":["GB"],"brand":{"name":"Bare","monogram":"B","theme":{"primary":"#7a1f5c","primary_dark":"#f0a6d6"}},"policy":{"otp":{"resend_waits":[]}}},"allowed_origins":[],"offers":{"grants":["authorization_code"],"methods":["client_secret_basic"],"subjects":["pairwise"]}}"##
    );
    assert_eq!(
        stored[0].clients[0].1,
        r#"{"tenant":"bare","client":"app","settings":{"name":"App","redirect_uris":["https://app.tld/cb"],"post_logout_redirect_uris":[],"allowed_origins":[],"scopes":["openid"]},"client_secrets":["wOG1FhmZFCMv_dhNxphfCvkHJ8eCF-v8PCCrJtz2Yss"]}"#
    );
}

#[test]
fn the_order_of_the_catalogue_stays() {
    let mut source = String::from(r#"{"tenants": "#);
    let mut tenant = valid()["tenants"]["urbantrend"].clone();
    let scope = tenant["scopes"]["loyalty.tier.read"].to_string();
    tenant["scopes"] = json!("HERE");
    let scopes = format!(r#"{{"z.last": {scope}, "loyalty.tier.read": {scope}, "a.first": {scope}}}"#);
    source += &json!({ "urbantrend": tenant })
        .to_string()
        .replace(r#""HERE""#, &scopes);
    source += "}";
    let declaration = Declaration::read(&mut serde_json::Deserializer::from_str(&source)).unwrap();
    let stored = declaration.store(&keyring()).unwrap().remove(0);
    let read = stored_tenant(&stored.document, None).unwrap();
    let all = read.scopes.all();
    let order: Vec<_> = read
        .scopes
        .entries_of(&all)
        .map(|e| e.scope.as_str())
        .take(3)
        .collect();
    assert_eq!(order, ["z.last", "loyalty.tier.read", "a.first"]);
}

#[test]
fn without_the_keyring_everything_but_the_secrets_is_there() {
    let stored = store(everything());
    for stored in &stored {
        let read = stored_tenant(&stored.document, None).unwrap();
        assert!(read.test_numbers == Sealable::Sealed || read.directory != Directory::Table);
        assert!(
            read.resources
                .iter()
                .all(|r| r.member_key == Some(Sealable::Sealed))
        );
        let MessageSender::Webhook(hook) = &read.messages else {
            panic!()
        };
        assert_eq!(hook.secret, Sealable::Sealed);
        if let Directory::Connector(connector) = &read.directory {
            assert!(connector.secret.open().is_err());
        }
        // And nothing else differs.
        let whole = (*stored.tenant).clone();
        let open = Tenant {
            resources: whole.resources,
            messages: whole.messages,
            directory: whole.directory,
            test_numbers: whole.test_numbers,
            ..read
        };
        assert_eq!(open, *stored.tenant);
    }
    let alice = stored[0].members[0].number.clone();
    let read = stored_tenant(&stored[0].document, None).unwrap();
    assert!(
        read.fixed_code(&alice).is_err(),
        "a sealed list is not an empty one"
    );
}

#[test]
fn a_secret_opens_only_in_its_own_brand_and_setting() {
    let stored = store(everything());
    let [own, other] = [0, 1].map(|i| serde_json::from_str::<Value>(&stored[i].document).unwrap());
    let ring = keyring();
    let key = "/settings/resources/loyalty/member_key";
    let at = "tenants.urbantrend.resources.loyalty.member_key";
    let swapped = |from: &Value| {
        let mut document = own.clone();
        *document.pointer_mut(key).unwrap() = from.clone();
        document
    };
    let closed = format!("{at}: does not open with this keyring");
    assert_eq!(
        tenant_error(&swapped(&other.pointer(key).unwrap().clone()), Some(&ring)),
        closed
    );
    assert_eq!(
        tenant_error(&swapped(&own["settings"]["messages"]["secret"]), Some(&ring)),
        closed
    );
    assert_eq!(tenant_error(&swapped(&json!("sealed:")), Some(&ring)), closed);
    let clear = format!("{at}: is not sealed; a document holds no secret in clear");
    for keyring in [None, Some(&ring)] {
        assert_eq!(tenant_error(&swapped(&json!("A".repeat(43))), keyring), clear);
    }
    let stranger = Keyring::new(
        Secret::new([1; 32]),
        Vec::new(),
        Secret::new([3; 32]),
        Arc::new(crate::keyring::tests::Counting(0.into())),
    );
    assert_eq!(tenant_error(&own, Some(&stranger)), closed);
}

#[test]
fn a_file_holds_no_sealed_secret() {
    let sealed = with(&[("/resources/loyalty/member_key", json!("sealed:abc"))]);
    assert_eq!(
        super::read(sealed).unwrap_err(),
        "tenants.urbantrend.resources.loyalty.member_key: is sealed; a file holds the secret itself"
    );
}

#[test]
fn documents_are_held_to_the_rules_of_the_file() {
    let stored = store(valid()).remove(0);
    let document: Value = serde_json::from_str(&stored.document).unwrap();
    let changed = |path: &str, name: &str, value: Value| {
        let mut document = document.clone();
        document.pointer_mut(path).unwrap()[name] = value;
        tenant_error(&document, None)
    };
    let unknown = changed("/settings/brand", "css", json!("x"));
    assert!(
        unknown.starts_with("settings.brand.css: unknown field `css`"),
        "{unknown}"
    );
    assert!(changed("", "extra", json!(1)).starts_with("extra: unknown field `extra`"));
    assert_eq!(
        changed("/settings/brand/theme", "radius", json!(25)),
        "tenants.urbantrend.brand.theme.radius: 25 is more than 24"
    );
    assert_eq!(
        changed("/settings", "sandbox", json!(false)),
        "tenants.urbantrend.test_numbers: are for a tenant with `sandbox = true`"
    );
    let file = valid();
    let tenant = &file["tenants"]["urbantrend"];
    assert_eq!(
        changed("/settings", "clients", tenant["clients"].clone()),
        "tenants.urbantrend.clients: have documents of their own"
    );
    assert_eq!(
        changed("/settings", "members", tenant["members"].clone()),
        "tenants.urbantrend.members: have no place in a document"
    );

    let (id, text) = &stored.clients[0];
    assert_eq!(*id, ClientId::new("shopease"));
    let client: Value = serde_json::from_str(text).unwrap();
    let client_error = |name: &str, value: Value, tenant: &Tenant| {
        let mut client = client.clone();
        client["settings"][name] = value;
        stored_client(&client.to_string(), tenant)
            .unwrap_err()
            .to_string()
    };
    let at = "tenants.urbantrend.clients.shopease";
    assert_eq!(
        client_error("scopes", json!(["openid", "nobodys"]), &stored.tenant),
        format!("{at}.scopes[1]: `nobodys` is not in the scope catalogue")
    );
    assert!(client_error("secret", json!("x"), &stored.tenant).starts_with("settings.secret: unknown field"));
    assert_eq!(
        client_error("client_secret", json!("shopease-secret-1"), &stored.tenant),
        format!("{at}.client_secret: has no place in a document, which holds secrets under a key")
    );
    let other = Tenant {
        id: TenantId::new("zweite"),
        ..(*stored.tenant).clone()
    };
    assert_eq!(
        stored_client(text, &other).unwrap_err().to_string(),
        format!("{at}: is another tenant's")
    );
}
