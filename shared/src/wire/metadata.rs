//! Provider metadata (OpenID Connect Discovery s3, RFC 8414 s2). Only what works is listed.

use serde::Serialize;

use crate::model::Tenant;

/// Paths of an issuer. The reference system's names, so that a partner's settings survive a migration.
pub mod path {
    #![expect(missing_docs, reason = "each is the endpoint it names")]
    pub const AUTHORIZE: &str = "/oauth2/auth";
    pub const PAR: &str = "/oauth2/par";
    pub const TOKEN: &str = "/oauth2/token";
    pub const DEVICE_AUTHORIZATION: &str = "/oauth2/device/auth";
    pub const REVOKE: &str = "/oauth2/revoke";
    pub const INTROSPECT: &str = "/oauth2/introspect";
    pub const USERINFO: &str = "/userinfo";
    pub const JWKS: &str = "/.well-known/jwks.json";
    pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
    pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
    pub const LOGOUT: &str = "/oauth2/sessions/logout";
    pub const DEVICE: &str = "/device";
    pub const LOGIN: &str = "/login";
    pub const CONSENT: &str = "/consent";
    pub const SESSION_TRANSFER: &str = "/session/transfer";
    pub const ACCOUNT: &str = "/account";
    pub const ACCOUNT_REVOKE: &str = "/account/revoke";
    pub const ACCOUNT_END_SESSION: &str = "/account/end-session";
}

/// The document of one issuer.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the specifications name them one by one"
)]
#[derive(Serialize)]
pub struct Metadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    pushed_authorization_request_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_authorization_endpoint: Option<String>,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    scopes_supported: Vec<&'a str>,
    response_types_supported: [&'a str; 1],
    response_modes_supported: [&'a str; 2],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grant_types_supported: Vec<&'a str>,
    subject_types_supported: Vec<&'a str>,
    id_token_signing_alg_values_supported: Vec<&'a str>,
    userinfo_signing_alg_values_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_endpoint_auth_methods_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_endpoint_auth_signing_alg_values_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_methods_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_methods_supported: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_signing_alg_values_supported: Vec<&'a str>,
    introspection_signing_alg_values_supported: Vec<&'a str>,
    dpop_signing_alg_values_supported: [&'a str; 3],
    code_challenge_methods_supported: [&'a str; 1],
    prompt_values_supported: [&'a str; 4],
    acr_values_supported: [&'a str; 1],
    claims_supported: Vec<&'a str>,
    ui_locales_supported: Vec<&'a str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    request_object_signing_alg_values_supported: [&'a str; 3],
    require_signed_request_object: bool,
    require_pushed_authorization_requests: bool,
    authorization_response_iss_parameter_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    op_policy_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    op_tos_uri: Option<&'a str>,
}

/// Algorithms a client may sign with: its assertions for `private_key_jwt`, its requests.
pub const ASSERTION_ALGORITHMS: [&str; 3] = ["RS256", "ES256", "PS256"];

/// Algorithms taken for proofs of possession (RFC 9449 s5.1).
pub const PROOF_ALGORITHMS: [&str; 3] = ["ES256", "RS256", "PS256"];

impl<'a> Metadata<'a> {
    /// The metadata of a tenant.
    pub fn of(tenant: &'a Tenant, scopes: &'a crate::types::ScopeSet) -> Self {
        let issuer = &tenant.issuer;
        let offers = &tenant.offers;
        let signed = offers.assertions().then_some(ASSERTION_ALGORITHMS);
        let assertions: Vec<_> = signed.into_iter().flatten().collect();
        let algorithms: Vec<_> = tenant.algorithms.iter().map(|a| a.name()).collect();
        let standard = ["sub", "auth_time", "acr", "amr", "sid"];
        let by_scope = crate::model::Profile::CLAIMS
            .iter()
            .filter(|(scope, _)| scopes.contains(scope));
        Self {
            issuer: issuer.as_str(),
            authorization_endpoint: issuer.at(path::AUTHORIZE),
            pushed_authorization_request_endpoint: issuer.at(path::PAR),
            token_endpoint: issuer.at(path::TOKEN),
            device_authorization_endpoint: offers.devices().then(|| issuer.at(path::DEVICE_AUTHORIZATION)),
            userinfo_endpoint: issuer.at(path::USERINFO),
            jwks_uri: issuer.at(path::JWKS),
            end_session_endpoint: issuer.at(path::LOGOUT),
            revocation_endpoint: issuer.at(path::REVOKE),
            introspection_endpoint: issuer.at(path::INTROSPECT),
            scopes_supported: scopes.iter().map(crate::types::Scope::as_str).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query", "form_post"],
            grant_types_supported: offers.grants(),
            subject_types_supported: offers.subjects(),
            id_token_signing_alg_values_supported: algorithms.clone(),
            userinfo_signing_alg_values_supported: algorithms.clone(),
            token_endpoint_auth_methods_supported: offers.methods(),
            token_endpoint_auth_signing_alg_values_supported: assertions.clone(),
            revocation_endpoint_auth_methods_supported: offers.methods(),
            revocation_endpoint_auth_signing_alg_values_supported: assertions.clone(),
            introspection_endpoint_auth_methods_supported: offers.proven(),
            introspection_endpoint_auth_signing_alg_values_supported: assertions,
            introspection_signing_alg_values_supported: algorithms,
            dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
            code_challenge_methods_supported: ["S256"],
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            acr_values_supported: [crate::model::Authentication::ACR],
            claims_supported: standard
                .into_iter()
                .chain(by_scope.flat_map(|(_, c)| c.iter().copied()))
                .collect(),
            ui_locales_supported: crate::types::Locale::ALL.iter().map(|l| l.tag()).collect(),
            claims_parameter_supported: true,
            request_parameter_supported: true,
            // A client's own address is never fetched. What we gave out for a pushed request is another thing
            // (RFC 9126 s5).
            request_uri_parameter_supported: false,
            request_object_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            // Of every client, that is; one client's own registration may say so.
            require_signed_request_object: false,
            require_pushed_authorization_requests: tenant.requires_pushed_requests,
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            op_policy_uri: tenant.brand.privacy_uri.as_deref(),
            op_tos_uri: tenant.brand.terms_uri.as_deref(),
        }
    }
}
