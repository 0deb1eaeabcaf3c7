use serde_json::json;

use super::{read, valid, with};
use crate::{
    model::{ClientAuthentication, GrantType, MemberStatus, Pkce, SecretHash, SubjectType},
    ports::Algorithm,
    types::{Digest, Locale, PhoneNumber, Scope},
};

#[test]
fn what_is_left_out_gets_the_safe_choice() {
    let whole = read(valid()).unwrap();
    let (tenant, clients) = &whole.tenants[0];
    assert_eq!(
        (tenant.id.as_str(), tenant.issuer.as_str()),
        ("urbantrend", "https://auth.urbantrend.tld")
    );
    assert_eq!(tenant.default_locale, Locale::En);
    assert_eq!(tenant.default_country().iso, "GB");
    assert_eq!((tenant.policy.otp.lifetime, tenant.policy.tokens.code), (300, 60));
    let [shopease, spa] = &clients[..] else {
        panic!("two clients")
    };
    assert_eq!(
        (shopease.pkce, shopease.subject_type),
        (Pkce::Required, SubjectType::Pairwise)
    );
    assert_eq!(shopease.id_token_algorithm, Algorithm::Rs256);
    assert_eq!(
        shopease.grant_types,
        [GrantType::AuthorizationCode, GrantType::RefreshToken]
    );
    assert_eq!(spa.grant_types, [GrantType::AuthorizationCode]);
    let ClientAuthentication::SecretBasic(digests) = &shopease.authentication else {
        panic!("a secret")
    };
    assert_eq!(digests, &[SecretHash::Plain(Digest::of(b"shopease-secret-1"))]);
    assert!(spa.is_public());
}

#[test]
fn the_catalogue_is_the_brands_scopes_and_then_the_standard_ones() {
    let whole = read(with(&[(
        "/scopes/email",
        json!({ "label": { "en": "Read your email" }, "version": 3 }),
    )]))
    .unwrap();
    let catalogue = &whole.tenants[0].0.scopes;
    let all = catalogue.all();
    let order: Vec<_> = catalogue.entries_of(&all).map(|e| e.scope.as_str()).collect();
    assert_eq!(
        order,
        [
            "loyalty.tier.read",
            "openid",
            "profile",
            "email",
            "phone",
            "address",
            "offline_access"
        ]
    );
    let email = catalogue.get(&Scope::parse("email").unwrap()).unwrap();
    assert_eq!(
        (email.label.get(Locale::Ar), email.version),
        ("Read your email", 3)
    );
    assert_ne!(
        email.detail.as_ref().unwrap().get(Locale::Ar),
        email.detail.as_ref().unwrap().get(Locale::En)
    );
    let tier = catalogue
        .get(&Scope::parse("loyalty.tier.read").unwrap())
        .unwrap();
    assert_eq!(tier.resource.as_deref(), Some("https://loyalty.urbantrend.tld"));
    assert_eq!(tier.version, 1);
}

#[test]
fn members_keep_status_and_profile_and_sandboxes_their_test_numbers() {
    let whole = read(valid()).unwrap();
    let [(tenant, alice), (_, test)] = &whole.members[..] else {
        panic!("two members")
    };
    assert_eq!(
        (tenant.as_str(), alice.profile.name.as_deref()),
        ("urbantrend", Some("Alice"))
    );
    assert_eq!(test.status, MemberStatus::Suspended);
    let number = PhoneNumber::try_from("+447700900199".to_owned()).unwrap();
    let fixed = whole.tenants[0].0.fixed_code(&number).unwrap().unwrap();
    assert_eq!(fixed.expose(), "424242");
    assert!(!format!("{whole:?}").contains("424242"));
}
