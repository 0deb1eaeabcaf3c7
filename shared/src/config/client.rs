//! One partner app, as registered.

use super::{
    client_extensions::{self, Extensions},
    credentials,
    declaration::ClientDeclaration,
    sector, security_profile,
    setting::{ConfigError, Setting},
    uri,
};
use crate::{
    model::{
        AssertionAudience, Client, ClientAuthentication, GrantType, Issuer, Pkce, Resource, ScopeCatalogue,
        SecretHash, SubjectType, Tenant,
    },
    ports::Algorithm,
    types::{ApplicationType, ClientId, RegisteredRedirectUri, Scope, ScopeSet},
};

/// What a client's settings are checked against.
pub(super) struct Surroundings<'a> {
    pub(super) scopes: &'a ScopeCatalogue,
    pub(super) algorithms: &'a [Algorithm],
    pub(super) resources: &'a [Resource],
    pub(super) issuer: &'a Issuer,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(tenant: &'a Tenant) -> Self {
        Self {
            scopes: &tenant.scopes,
            algorithms: &tenant.algorithms,
            resources: &tenant.resources,
            issuer: &tenant.issuer,
        }
    }
}

pub(super) fn validate(
    at: &Setting,
    name: &str,
    declared: ClientDeclaration,
    secrets: Vec<SecretHash>,
    around: &Surroundings<'_>,
) -> Result<Client, ConfigError> {
    // RFC 6749 appendix A.1 allows more; these need no escaping anywhere.
    at.name(name, 128, b"-._~")?;
    words(at, &declared)?;
    let declared = security_profile::applied(at, declared)?;
    let (authentication, jwks) = credentials::validate(at, &declared, secrets, around.issuer)?;
    security_profile::keys(at, declared.security_profile, jwks.as_ref())?;
    let pkce = declared.pkce.unwrap_or(Pkce::Required);
    let bare = matches!(authentication, ClientAuthentication::None) && pkce == Pkce::Optional;
    at.key("pkce").require(
        !bare,
        "is optional for a public client, which has nothing else that binds its codes",
    )?;
    let kind = declared.application_type.unwrap_or(ApplicationType::Web);
    // An API that only asks about tokens gets none of its own.
    let asks_only = declared.resource.is_some() && declared.grant_types.as_deref() == Some(&[]);
    let scopes = scopes(&at.key("scopes"), &declared.scopes, around.scopes, asks_only)?;
    let grant_types = grant_types(at, declared.grant_types.as_deref(), &scopes, asks_only)?;
    if grant_types.contains(&GrantType::ClientCredentials) {
        own_tokens(&at.key("grant_types"), &authentication, &scopes, around.scopes)?;
    }
    if grant_types.contains(&GrantType::TokenExchange) {
        hands_sessions_on(&at.key("grant_types"), &grant_types, kind)?;
    }
    let uris = &at.key("redirect_uris");
    let browser = grant_types.contains(&GrantType::AuthorizationCode);
    uris.require(
        browser != declared.redirect_uris.is_empty(),
        if browser {
            "lists none"
        } else {
            "is of no use without the grant authorization_code"
        },
    )?;
    let redirect_uris = self::redirect_uris(uris, &declared.redirect_uris, kind)?;
    // Held to the same rules: a browser is sent there too.
    let post_logout_redirect_uris = self::redirect_uris(
        &at.key("post_logout_redirect_uris"),
        &declared.post_logout_redirect_uris,
        kind,
    )?;
    allowed_origins(&at.key("allowed_origins"), &declared.allowed_origins)?;
    let subject_type = declared.subject_type.unwrap_or(SubjectType::Pairwise);
    let sector = sector::of(
        at,
        name,
        declared.sector.as_deref(),
        subject_type,
        &declared.redirect_uris,
    )?;
    let id_token_algorithm = declared.id_token_signed_response_alg.unwrap_or(Algorithm::Rs256);
    client_extensions::offered(
        &at.key("id_token_signed_response_alg"),
        Some(id_token_algorithm),
        around.algorithms,
    )?;
    let rotates_refresh_tokens = rotation(at, &declared, &authentication, &grant_types)?;
    let Extensions {
        initiate_login_uri,
        resource,
    } = client_extensions::validate(at, &declared, &authentication, jwks.as_ref(), around)?;
    Ok(Client {
        id: ClientId::new(name),
        name: declared.name,
        publisher: declared.publisher,
        uri: declared.uri,
        policy_uri: declared.policy_uri,
        tos_uri: declared.tos_uri,
        purpose: declared.purpose,
        security_profile: declared.security_profile,
        authentication,
        jwks,
        assertion_audience: declared
            .client_assertion_audience
            .unwrap_or(AssertionAudience::Issuer),
        application_type: kind,
        redirect_uris,
        post_logout_redirect_uris,
        allowed_origins: declared.allowed_origins,
        scopes,
        grant_types,
        pkce,
        sector,
        subject_type,
        id_token_algorithm,
        userinfo_algorithm: declared.userinfo_signed_response_alg,
        introspection_algorithm: declared.introspection_signed_response_alg,
        request_object_algorithm: declared.request_object_signing_alg,
        requires_signed_request: declared.require_signed_request_object,
        requires_pushed_requests: declared.require_pushed_authorization_requests.unwrap_or(false),
        requires_dpop: declared.dpop_bound_access_tokens.unwrap_or(false),
        rotates_refresh_tokens,
        requires_auth_time: declared.require_auth_time,
        default_max_age: declared.default_max_age,
        backchannel_logout_uri: declared.backchannel_logout_uri,
        initiate_login_uri,
        resource,
    })
}

/// What a consent page says about the app.
fn words(at: &Setting, declared: &ClientDeclaration) -> Result<(), ConfigError> {
    at.key("name").readable(&declared.name, 60)?;
    for (key, text, longest) in [
        ("publisher", &declared.publisher, 80),
        ("purpose", &declared.purpose, 200),
    ] {
        text.as_ref()
            .map_or(Ok(()), |text| at.key(key).readable(text, longest))?;
    }
    uri::optional_link(&at.key("uri"), declared.uri.as_ref())?;
    uri::optional_link(&at.key("policy_uri"), declared.policy_uri.as_ref())?;
    uri::optional_link(&at.key("tos_uri"), declared.tos_uri.as_ref())
}

fn redirect_uris(
    at: &Setting,
    declared: &[String],
    kind: ApplicationType,
) -> Result<Vec<RegisteredRedirectUri>, ConfigError> {
    at.distinct(declared)?;
    let one = |(index, text): (usize, &String)| {
        RegisteredRedirectUri::register(text, kind).map_err(|refused| at.at(index).refused(refused.0))
    };
    declared.iter().enumerate().map(one).collect()
}

fn allowed_origins(at: &Setting, declared: &[String]) -> Result<(), ConfigError> {
    at.distinct(declared)?;
    declared
        .iter()
        .enumerate()
        .try_for_each(|(index, text)| uri::origin(&at.at(index), text))
}

fn scopes(
    at: &Setting,
    declared: &[String],
    catalogue: &ScopeCatalogue,
    asks_only: bool,
) -> Result<ScopeSet, ConfigError> {
    at.require(
        asks_only || !declared.is_empty(),
        "lists none, so it could never ask for anything",
    )?;
    at.distinct(declared)?;
    let one = |(index, text): (usize, &String)| {
        let known = Scope::parse(text).filter(|scope| catalogue.get(scope).is_some());
        known.ok_or_else(|| {
            at.at(index).refused(format!(
                "`{}` is not in the scope catalogue",
                text.escape_default()
            ))
        })
    };
    declared.iter().enumerate().map(one).collect()
}

/// `offline_access` and the refresh grant go together: either alone could never be used.
fn grant_types(
    at: &Setting,
    declared: Option<&[GrantType]>,
    scopes: &ScopeSet,
    asks_only: bool,
) -> Result<Vec<GrantType>, ConfigError> {
    let offline = scopes.contains(Scope::OFFLINE_ACCESS);
    let Some(declared) = declared else {
        let refresh = offline.then_some(GrantType::RefreshToken);
        return Ok([GrantType::AuthorizationCode]
            .into_iter()
            .chain(refresh)
            .collect());
    };
    let at = at.key("grant_types");
    at.require(asks_only || !declared.is_empty(), "lists none")?;
    let refresh = declared.contains(&GrantType::RefreshToken);
    at.require(
        refresh || !offline,
        "lacks refresh_token, but `scopes` allows offline_access",
    )?;
    at.require(
        offline || !refresh,
        "has refresh_token, but `scopes` does not allow offline_access",
    )?;
    let mut seen = Vec::new();
    for (index, grant) in declared.iter().enumerate() {
        at.at(index).require(!seen.contains(grant), "is there twice")?;
        seen.push(*grant);
    }
    Ok(seen)
}

/// RFC 9700 s4.14.2: what nothing proves is replaced with each use. A client that authenticates, or proves a key, loses
/// by it: an answer that is lost is a sign-in (FAPI 2.0 SP s5.3.2.1).
fn rotation(
    at: &Setting,
    declared: &ClientDeclaration,
    authentication: &ClientAuthentication,
    grant_types: &[GrantType],
) -> Result<bool, ConfigError> {
    let at = &at.key("refresh_token_rotation");
    let public = matches!(authentication, ClientAuthentication::None);
    let Some(rotates) = declared.refresh_token_rotation else {
        return Ok(public);
    };
    at.require(
        grant_types.contains(&GrantType::RefreshToken),
        "is of no use without refresh tokens, which `scopes` with offline_access gives",
    )?;
    at.require(
        rotates || !public || declared.dpop_bound_access_tokens == Some(true),
        "is off for a public client, whose refresh tokens nothing proves without `dpop_bound_access_tokens`",
    )?;
    Ok(rotates)
}

/// Token exchange (RFC 8693) is for an app on a member's own device: what it hands on is what it was given for good.
/// A site has its members in a browser already, and a server should be able to begin nobody's session.
fn hands_sessions_on(at: &Setting, grants: &[GrantType], kind: ApplicationType) -> Result<(), ConfigError> {
    at.require(
        grants.contains(&GrantType::RefreshToken),
        "has token-exchange, but not refresh_token, whose token is exchanged",
    )?;
    at.require(
        kind == ApplicationType::Native,
        "has token-exchange, but `application_type` is not native",
    )
}

/// `client_credentials` (RFC 6749 s4.4.2): whoever knows a public client's name would get its tokens.
fn own_tokens(
    at: &Setting,
    authentication: &ClientAuthentication,
    scopes: &ScopeSet,
    catalogue: &ScopeCatalogue,
) -> Result<(), ConfigError> {
    let public = matches!(authentication, ClientAuthentication::None);
    at.require(
        !public,
        "has client_credentials, but the client cannot authenticate",
    )?;
    let of_an_api = catalogue.entries_of(scopes).any(|entry| entry.resource.is_some());
    at.require(
        of_an_api,
        "has client_credentials, but `scopes` names nothing of an API",
    )
}
