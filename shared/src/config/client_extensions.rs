//! What a client asks of the provider beyond sign-in: signed answers, bound tokens, news of a logout.

use super::{
    client::Surroundings,
    declaration::ClientDeclaration,
    setting::{ConfigError, Setting},
    uri,
};
use crate::{
    model::{ClientAuthentication, ClientJwks},
    ports::Algorithm,
    types::{ApplicationType, RegisteredRedirectUri},
};

/// What these settings come to, where that is not what was written.
pub(super) struct Extensions {
    /// Where a sign-in begins.
    pub(super) initiate_login_uri: Option<RegisteredRedirectUri>,
    /// Identifier of the API that the client is.
    pub(super) resource: Option<String>,
}

pub(super) fn validate(
    at: &Setting,
    declared: &ClientDeclaration,
    authentication: &ClientAuthentication,
    jwks: Option<&ClientJwks>,
    around: &Surroundings<'_>,
) -> Result<Extensions, ConfigError> {
    for (key, algorithm) in [
        (
            "userinfo_signed_response_alg",
            declared.userinfo_signed_response_alg,
        ),
        (
            "introspection_signed_response_alg",
            declared.introspection_signed_response_alg,
        ),
    ] {
        offered(&at.key(key), algorithm, around.algorithms)?;
    }
    signed_requests(at, declared, jwks)?;
    let audience = &at.key("client_assertion_audience");
    audience.require(
        declared.client_assertion_audience.is_none()
            || matches!(authentication, ClientAuthentication::PrivateKeyJwt),
        "is of no use without private_key_jwt",
    )?;
    if let Some(address) = &declared.backchannel_logout_uri {
        uri::server(&at.key("backchannel_logout_uri"), address, around.issuer)?;
    }
    let initiate_login_uri = initiate_login_uri(
        &at.key("initiate_login_uri"),
        declared.initiate_login_uri.as_ref(),
    )?;
    let resource = resource(&at.key("resource"), declared, authentication, around)?;
    Ok(Extensions {
        initiate_login_uri,
        resource,
    })
}

/// Held to the rules of redirect URIs: a browser is sent there, with a session that it has only just got. It is a web
/// address whatever the app is (Core s4: "the https scheme").
fn initiate_login_uri(
    at: &Setting,
    declared: Option<&String>,
) -> Result<Option<RegisteredRedirectUri>, ConfigError> {
    let registered = |text: &String| RegisteredRedirectUri::register(text, ApplicationType::Web);
    declared
        .map(registered)
        .transpose()
        .map_err(|refused| at.refused(refused.0))
}

/// The tenant has a key for what it is to sign with.
pub(super) fn offered(
    at: &Setting,
    algorithm: Option<Algorithm>,
    offered: &[Algorithm],
) -> Result<(), ConfigError> {
    algorithm.map_or(Ok(()), |algorithm| {
        at.require(
            offered.contains(&algorithm),
            format!("{} is not among the tenant's `algorithms`", algorithm.name()),
        )
    })
}

fn signed_requests(
    at: &Setting,
    declared: &ClientDeclaration,
    jwks: Option<&ClientJwks>,
) -> Result<(), ConfigError> {
    let signs = declared.request_object_signing_alg.is_some();
    at.key("request_object_signing_alg")
        .require(!signs || jwks.is_some(), "needs `jwks` or `jwks_uri`")?;
    at.key("require_signed_request_object").require(
        signs || !declared.require_signed_request_object,
        "needs `request_object_signing_alg`",
    )
}

/// The API that this client is. It introspects, so it must prove who it is.
fn resource(
    at: &Setting,
    declared: &ClientDeclaration,
    authentication: &ClientAuthentication,
    around: &Surroundings<'_>,
) -> Result<Option<String>, ConfigError> {
    let Some(name) = &declared.resource else {
        return Ok(None);
    };
    let public = matches!(authentication, ClientAuthentication::None);
    at.require(!public, "is of no use to a client that cannot authenticate")?;
    let known = around.resources.iter().find(|r| r.name == *name);
    let unknown = || {
        at.refused(format!(
            "`{}` is not among the tenant's `resources`",
            name.escape_default()
        ))
    };
    known.map(|r| Some(r.identifier.clone())).ok_or_else(unknown)
}
