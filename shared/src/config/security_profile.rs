//! What a client's security profile implies, and what contradicts it.

use super::{
    declaration::{AuthMethod, ClientDeclaration},
    setting::{ConfigError, Setting},
};
use crate::{
    jwt::VerificationKey,
    model::{AssertionAudience, ClientJwks, GrantType, Pkce, SecurityProfile},
    ports::Algorithm,
};

/// The declaration with all that its profile implies.
pub(super) fn applied(at: &Setting, declared: ClientDeclaration) -> Result<ClientDeclaration, ConfigError> {
    match declared.security_profile {
        None => Ok(declared),
        Some(SecurityProfile::Fapi2) => fapi2(at, declared),
    }
}

/// FAPI 2.0 SP s5.3.2 and s5.4.1.
fn fapi2(at: &Setting, mut declared: ClientDeclaration) -> Result<ClientDeclaration, ConfigError> {
    let d = &mut declared;
    implies(
        &at.key("token_endpoint_auth_method"),
        &mut d.token_endpoint_auth_method,
        AuthMethod::PrivateKeyJwt,
    )?;
    implies(
        &at.key("client_assertion_audience"),
        &mut d.client_assertion_audience,
        AssertionAudience::Issuer,
    )?;
    implies(&at.key("pkce"), &mut d.pkce, Pkce::Required)?;
    for (name, setting) in [
        (
            "require_pushed_authorization_requests",
            &mut d.require_pushed_authorization_requests,
        ),
        ("dpop_bound_access_tokens", &mut d.dpop_bound_access_tokens),
    ] {
        implies(&at.key(name), setting, true)?;
    }
    at.key("refresh_token_rotation")
        .require(d.refresh_token_rotation != Some(true), CONTRADICTS)?;
    // Every other grant gives tokens for less than a pushed request and a proof.
    let grants = [
        GrantType::AuthorizationCode,
        GrantType::RefreshToken,
        GrantType::ClientCredentials,
    ];
    for (index, grant) in d.grant_types.iter().flatten().enumerate() {
        at.key("grant_types")
            .at(index)
            .require(grants.contains(grant), CONTRADICTS)?;
    }
    let own = d.id_token_signed_response_alg.get_or_insert(Algorithm::Es256);
    d.introspection_signed_response_alg.get_or_insert(*own);
    for (name, algorithm) in [
        ("id_token_signed_response_alg", d.id_token_signed_response_alg),
        ("userinfo_signed_response_alg", d.userinfo_signed_response_alg),
        (
            "introspection_signed_response_alg",
            d.introspection_signed_response_alg,
        ),
        ("request_object_signing_alg", d.request_object_signing_alg),
    ] {
        let taken = |a| SecurityProfile::Fapi2.algorithms().contains(&a);
        at.key(name).require(algorithm.is_none_or(taken), CONTRADICTS)?;
    }
    Ok(declared)
}

const CONTRADICTS: &str = "contradicts `security_profile`";

/// Fills in what is left open. Anything else than what is implied contradicts it.
fn implies<T: PartialEq>(at: &Setting, setting: &mut Option<T>, value: T) -> Result<(), ConfigError> {
    at.require(setting.as_ref().is_none_or(|given| *given == value), CONTRADICTS)?;
    *setting = Some(value);
    Ok(())
}

/// Every registered key is of some use: one that is not would be refused at every request instead of here.
pub(super) fn keys(
    at: &Setting,
    profile: Option<SecurityProfile>,
    jwks: Option<&ClientJwks>,
) -> Result<(), ConfigError> {
    let (Some(profile), Some(ClientJwks::Registered(keys))) = (profile, jwks) else {
        return Ok(());
    };
    let at = at.key("jwks").key("keys");
    for (index, key) in keys.iter().enumerate() {
        let mut uses = VerificationKey::of_client(key).into_iter();
        let fits = uses.any(|key| profile.algorithms().contains(&key.algorithm()));
        at.at(index).require(fits, CONTRADICTS)?;
    }
    Ok(())
}
