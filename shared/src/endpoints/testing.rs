//! A small brand, client and member for unit tests of pure decisions.

use std::collections::BTreeMap;

use crate::{
    model::{
        Authentication, AuthorizationRequest, Brand, CatalogueScope, ClaimsRequest, Colour, Custody,
        Directory, FontStack, Grant, GrantState, Issuer, MessageSender, Offers, Policy, Prompt, ResponseMode,
        ScopeCatalogue, SignedIn, Tenant, Text, Theme,
    },
    ports::Algorithm,
    types::{
        ApplicationType, ClientId, Country, Digest, GrantId, Locale, MemberId, RegisteredRedirectUri, Scope,
        ScopeSet, Sealable, SessionId, TenantId, Timestamp,
    },
};

pub(super) fn tenant() -> Tenant {
    let entry = |name: &str| CatalogueScope {
        scope: Scope::parse(name).unwrap(),
        version: 1,
        question: None,
        label: Text::new(BTreeMap::from([(Locale::En, name.to_owned())])).unwrap(),
        detail: None,
        optional: false,
        resource: None,
    };
    Tenant {
        id: TenantId::new("brand"),
        issuer: Issuer::parse("http://auth.brand.localhost:4444").unwrap(),
        brand: Brand {
            name: "Brand".to_owned(),
            monogram: "B".to_owned(),
            logo: None,
            theme: Theme {
                primary: Colour::INK,
                primary_dark: Colour::WHITE,
                accent: Colour::INK,
                radius: 8,
                font: FontStack::System,
            },
            privacy_uri: None,
            terms_uri: None,
            support_uri: None,
        },
        default_locale: Locale::En,
        countries: vec![Country::by_iso("GB").unwrap()],
        scopes: ScopeCatalogue::new(["openid", "profile", "offline_access"].map(entry).to_vec()),
        resources: Vec::new(),
        algorithms: vec![Algorithm::Rs256],
        policy: Policy::default(),
        allowed_origins: Vec::new(),
        test_numbers: Sealable::default(),
        custody: Custody::default(),
        messages: MessageSender::default(),
        directory: Directory::default(),
        suspended: false,
        offers: Offers::default(),
        requires_pushed_requests: false,
    }
}

pub(super) fn request(scope: &str) -> AuthorizationRequest {
    let uri = "https://app.tld/cb";
    AuthorizationRequest {
        client: ClientId::new("app"),
        redirect_uri: RegisteredRedirectUri::register(uri, ApplicationType::Web)
            .unwrap()
            .matches(uri)
            .unwrap(),
        state: None,
        nonce: None,
        scope: ScopeSet::parse(scope).unwrap(),
        challenge: None,
        prompt: Prompt::Interactive {
            login: false,
            consent: false,
            select_account: false,
        },
        max_age: None,
        login_hint: None,
        subject_hint: None,
        response_mode: ResponseMode::Query,
        resources: Vec::new(),
        claims: ClaimsRequest::default(),
        dpop_jkt: None,
        pushed: None,
    }
}

pub(super) fn signed_in(auth_time: Timestamp) -> SignedIn {
    SignedIn {
        member: MemberId::new("alice"),
        session: SessionId::from_bytes([1; 16]),
        secret: Digest::of(b"secret"),
        authentication: Authentication {
            auth_time,
            amr: vec!["otp".to_owned()],
        },
    }
}

pub(super) fn grant(scope: &str) -> Grant {
    Grant {
        id: GrantId::from_bytes([2; 16]),
        member: MemberId::new("alice"),
        client: ClientId::new("app"),
        state: GrantState::Active,
        scopes: ScopeSet::parse(scope)
            .unwrap()
            .iter()
            .map(|s| (s.clone(), 1))
            .collect(),
        declined: BTreeMap::new(),
        version: 1,
        since: Timestamp(0),
        history: Vec::new(),
        tainted: Vec::new(),
    }
}
