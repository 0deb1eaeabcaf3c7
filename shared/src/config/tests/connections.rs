//! What the provider calls: keys, senders of messages, the directory of members.

use serde_json::{Value, json};

use super::{read, refused, valid, with};
use crate::{
    model::{Custody, Directory, IndiaTemplate, MessageSender, Tenant},
    ports::Algorithm,
};

const RSA: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const EC: &str = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab";

const POOL: &str = "arn:aws:sms-voice:ap-south-1:123456789012:pool/pool-1";

fn tenant(changes: &[(&str, Value)]) -> Tenant {
    let configuration = read(with(changes)).unwrap();
    (*configuration.tenants[0].0).clone()
}

fn secret() -> String {
    "s".repeat(32)
}

#[test]
fn nothing_said_is_wrapped_keys_sns_and_the_table() {
    let tenant = tenant(&[]);
    assert_eq!(tenant.custody, Custody::Wrapped);
    assert_eq!(
        tenant.messages,
        MessageSender::Sns {
            sender_id: None,
            india: None
        }
    );
    assert_eq!(tenant.directory, Directory::Table);
}

#[test]
fn keys_of_the_key_service_are_one_for_each_algorithm() {
    let kms = |keys: Value| [("/custody", json!("kms")), ("/signing_keys", keys)];
    let both = json!({ "RS256": RSA, "ES256": EC });
    let Custody::Kms(keys) = tenant(&kms(both)).custody else {
        panic!()
    };
    assert_eq!((keys[&Algorithm::Rs256].as_str(), keys.len()), (RSA, 2));

    let error = |keys: Value| read(with(&kms(keys))).unwrap_err();
    let at = "tenants.urbantrend.signing_keys";
    let not_arn = "is not the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID";
    for (keys, line) in [
        (
            json!({ "RS256": RSA }),
            ".ES256: is missing; `algorithms` lists it and `custody` is \"kms\"".to_owned(),
        ),
        (
            json!({ "RS256": RSA, "ES256": EC, "PS256": EC }),
            ".PS256: is not among `algorithms`".to_owned(),
        ),
        (
            json!({ "RS256": RSA, "ES256": RSA }),
            ".ES256: is another algorithm's key".to_owned(),
        ),
        (
            json!({ "RS256": "alias/x", "ES256": EC }),
            format!(".RS256: {not_arn}"),
        ),
        (
            json!({ "RS256": RSA.replace(":key/", ":alias/"), "ES256": EC }),
            format!(".RS256: {not_arn}"),
        ),
        (
            json!({ "RS256": RSA.replace(":kms:", ":sns:"), "ES256": EC }),
            format!(".RS256: {not_arn}"),
        ),
        (
            json!({ "HS256": RSA }),
            ": unknown variant `HS256`, expected one of `RS256`, `ES256`, `PS256`".to_owned(),
        ),
    ] {
        assert_eq!(error(keys), format!("{at}{line}"));
    }
    refused(&[
        (
            "/signing_keys",
            json!({ "RS256": RSA }),
            ".signing_keys: is of no use without `custody = \"kms\"`",
        ),
        (
            "/custody",
            json!("local"),
            ".custody: unknown variant `local`, expected `wrapped` or `kms`",
        ),
    ]);
}

#[test]
fn te4_two_brands_never_share_a_signing_key() {
    let mut whole = with(&[
        ("/custody", json!("kms")),
        ("/signing_keys", json!({ "RS256": RSA, "ES256": EC })),
    ]);
    whole["tenants"]["zweite"] = whole["tenants"]["urbantrend"].clone();
    whole["tenants"]["zweite"]["issuer"] = json!("https://auth.zweite.tld");
    assert_eq!(
        read(whole).unwrap_err(),
        "tenants.zweite.signing_keys.RS256: is a key of tenant `urbantrend`"
    );
}

#[test]
fn each_sender_has_what_it_needs_and_nothing_else() {
    let with_messages = |messages: Value| tenant(&[("/messages", messages)]).messages;
    let india = Some(IndiaTemplate {
        entity_id: "1101".to_owned(),
        template_id: "1107".to_owned(),
    });
    assert_eq!(
        with_messages(json!({ "sender_id": "UTREND", "entity_id": "1101", "template_id": "1107" })),
        MessageSender::Sns {
            sender_id: Some("UTREND".to_owned()),
            india: india.clone()
        }
    );
    assert_eq!(
        with_messages(
            json!({ "sender": "end-user-messaging", "origination_identity": POOL,
            "configuration_set": "otp", "entity_id": "1101", "template_id": "1107" })
        ),
        MessageSender::EndUserMessaging {
            origination_identity: POOL.to_owned(),
            configuration_set: Some("otp".to_owned()),
            india,
        }
    );
    let hook = with_messages(
        json!({ "sender": "webhook", "url": "https://sms.urbantrend.tld/send", "secret": secret() }),
    );
    let MessageSender::Webhook(hook) = hook else {
        panic!()
    };
    assert_eq!(hook.url, "https://sms.urbantrend.tld/send");
    assert_eq!(*hook.secret.open().unwrap().expose(), secret());

    let refused = |messages: Value, line: &str| {
        let error = read(with(&[("/messages", messages)])).unwrap_err();
        assert_eq!(error, format!("tenants.urbantrend.messages.{line}"));
    };
    refused(
        json!({ "sender": "smtp" }),
        "sender: unknown variant `smtp`, expected one of `sns`, `end-user-messaging`, `webhook`",
    );
    refused(
        json!({ "sender": "end-user-messaging" }),
        "origination_identity: is missing; end-user-messaging needs it",
    );
    refused(
        json!({ "sender": "webhook", "secret": secret() }),
        "url: is missing; webhook needs it",
    );
    refused(
        json!({ "sender": "webhook", "url": "https://a.tld" }),
        "secret: is missing; webhook needs it",
    );
    refused(json!({ "url": "https://a.tld" }), "url: is of no use with sns");
    refused(json!({ "secret": secret() }), "secret: is of no use with sns");
    refused(
        json!({ "configuration_set": "x" }),
        "configuration_set: is of no use with sns",
    );
    refused(
        json!({ "sender": "end-user-messaging", "origination_identity": POOL, "sender_id": "UTREND" }),
        "sender_id: is of no use with end-user-messaging",
    );
    refused(
        json!({ "sender": "webhook", "url": "https://a.tld", "secret": secret(), "entity_id": "1" }),
        "entity_id: is of no use with webhook",
    );
    let odd = "sender_id: is not 3 to 11 letters and digits with a letter among them";
    for name in ["UT", "123456", "Urban Trend", "ELEVENLETTERS"] {
        refused(json!({ "sender_id": name }), odd);
    }
    refused(
        json!({ "sender": "end-user-messaging", "origination_identity": "pool-1" }),
        "origination_identity: is not the ARN of a phone number, pool or sender id, \
         arn:aws:sms-voice:REGION:ACCOUNT:pool/ID",
    );
    refused(
        json!({ "sender": "end-user-messaging", "origination_identity": POOL, "configuration_set": "a b" }),
        "configuration_set: is neither a name nor an ARN",
    );
}

#[test]
fn india_takes_both_ids_or_neither() {
    let error = |messages: Value| read(with(&[("/messages", messages)])).unwrap_err();
    let at = "tenants.urbantrend.messages";
    assert_eq!(
        error(json!({ "entity_id": "1" })),
        format!("{at}.template_id: is missing; `entity_id` is there")
    );
    assert_eq!(
        error(json!({ "template_id": "1" })),
        format!("{at}.entity_id: is missing; `template_id` is there")
    );
    assert_eq!(
        error(json!({ "entity_id": "1x", "template_id": "1" })),
        format!("{at}.entity_id: is not a number of 1 to 50 digits")
    );
    let elsewhere = read(with(&[
        ("/countries", json!(["GB"])),
        ("/messages", json!({ "entity_id": "1", "template_id": "2" })),
    ]));
    assert_eq!(
        elsewhere.unwrap_err(),
        format!("{at}.entity_id: is for India, which `countries` does not list")
    );
}

#[test]
fn a_directory_takes_the_place_of_listed_members() {
    let directory = json!({ "url": "https://loyalty.urbantrend.tld:8443/members", "secret": secret() });
    let without_members = [("/members", json!([])), ("/directory", directory.clone())];
    let Directory::Connector(connector) = tenant(&without_members).directory else {
        panic!()
    };
    assert_eq!(connector.url, "https://loyalty.urbantrend.tld:8443/members");
    refused(&[(
        "/directory",
        directory,
        ".members: lists members, but `directory` says who knows them",
    )]);
}

/// What no address may be that the provider asks, and the cause that is named.
const PRIVATE: [(&str, &str); 15] = [
    ("http://a.tld/", "uses http for a host that is not this machine"),
    ("http://localhost/", "is not https"),
    ("http://127.0.0.1:8080/", "is not https"),
    ("ftp://a.tld/", "is not https"),
    ("https://a.tld/#x", "has a fragment"),
    ("https://user@a.tld/", "has user information"),
    ("https://a.tld:22/", "has another service's port"),
    ("https://169.254.169.254/latest", "names its host by a number"),
    ("https://2130706433/", "names its host by a number"),
    ("https://0x7f.1/", "names its host by a number"),
    ("https://[fd00::1]/", "names its host by a number"),
    ("https://intranet/", "is of a private network"),
    ("https://a.localhost/", "is of a private network"),
    ("https://ip-10-0-0-1.ec2.internal/", "is of a private network"),
    ("https://nas.home.arpa./", "is of a private network"),
];

#[test]
fn ss2_what_a_client_is_asked_at_is_https_on_the_open_internet() {
    let error = |setting: &str, url: &str| {
        let client = "/clients/shopease";
        let mut changes = vec![(format!("{client}/{setting}"), json!(url))];
        if setting == "jwks_uri" {
            changes.push((format!("{client}/client_secret"), Value::Null));
            changes.push((
                format!("{client}/token_endpoint_auth_method"),
                json!("private_key_jwt"),
            ));
        }
        let changes: Vec<_> = changes
            .iter()
            .map(|(path, v)| (path.as_str(), v.clone()))
            .collect();
        read(with(&changes)).map(drop)
    };
    for setting in ["jwks_uri", "backchannel_logout_uri"] {
        for (url, cause) in PRIVATE {
            let line = format!("tenants.urbantrend.clients.shopease.{setting}: {cause}");
            assert_eq!(error(setting, url), Err(line), "{url}");
        }
        assert_eq!(error(setting, "https://a.tld:8443/x"), Ok(()));
    }
}

#[test]
fn ss2_a_brand_of_this_machine_asks_this_machine_and_no_private_network() {
    let error = |url: &str| {
        let changes = [
            ("/issuer", json!("http://auth.urbantrend.localhost:4444")),
            ("/clients/shopease/backchannel_logout_uri", json!(url)),
        ];
        read(with(&changes)).map(drop)
    };
    for here in [
        "http://127.0.0.1:3000/x",
        "http://a.localhost:4444/x",
        "https://[::1]/x",
    ] {
        assert_eq!(error(here), Ok(()), "{here}");
    }
    for (url, cause) in [
        ("http://localhost:22/", "has another service's port"),
        (
            "http://10.0.0.1/",
            "uses http for a host that is not this machine",
        ),
        ("https://10.0.0.1/", "names its host by a number"),
        ("https://nas.local/", "is of a private network"),
    ] {
        let at = "tenants.urbantrend.clients.shopease.backchannel_logout_uri";
        assert_eq!(error(url), Err(format!("{at}: {cause}")), "{url}");
    }
}

#[test]
fn ss2_a_connector_is_https_on_the_open_internet() {
    let error = |url: &str, secret: &str| {
        let directory = json!({ "url": url, "secret": secret });
        read(with(&[("/members", json!([])), ("/directory", directory)])).unwrap_err()
    };
    let at = "tenants.urbantrend.directory";
    for (url, cause) in PRIVATE {
        assert_eq!(error(url, &secret()), format!("{at}.url: {cause}"), "{url}");
    }
    assert_eq!(
        error("https://a.tld/", &"s".repeat(31)),
        format!("{at}.secret: is shorter than 32 characters")
    );
    assert_eq!(
        error("https://a.tld/", &" ".repeat(32)),
        format!("{at}.secret: has a character outside printable ASCII")
    );
    assert_eq!(
        read(with(&[("/directory", json!({ "url": "https://a.tld" }))])).unwrap_err(),
        format!("{at}: missing field `secret`")
    );
    assert!(read(valid()).is_ok());
}
