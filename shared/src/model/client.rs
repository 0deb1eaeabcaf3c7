use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, Serialize};

use super::SecurityProfile;
use crate::{
    ports::Algorithm,
    types::{ApplicationType, ClientId, Digest, RedirectTarget, RegisteredRedirectUri, ScopeSet},
};

/// The one way a client proves who it is (`token_endpoint_auth_method`, Registration s2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `none`: a public client.
    None,
    /// `client_secret_basic`, against the secrets alive.
    SecretBasic(Vec<SecretHash>),
    /// `client_secret_post`.
    SecretPost(Vec<SecretHash>),
    /// `private_key_jwt`, against the client's keys.
    PrivateKeyJwt,
}

impl ClientAuthentication {
    /// The registered name.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// What is known of a client's secret. The secret itself is known to the client alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretHash {
    /// SHA-256 of it, as an operator's file gives it or implies it.
    Plain(Digest),
    /// That digest under the keyring's key, as it is stored: of no use to whoever holds the table alone.
    Keyed(Digest),
}

/// Where a client's public keys are (Registration s2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientJwks {
    /// `jwks`: in its registration.
    Registered(Vec<Jwk>),
    /// `jwks_uri`: it publishes them.
    PublishedAt(String),
}

/// What `aud` of a client assertion may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// The issuer, as the one string (FAPI 2.0 SP s5.3.2.1).
    Issuer,
    /// For libraries that cannot: the token endpoint's address too, and either within a list of one (Core s9).
    TokenEndpoint,
}

/// Whether a client may leave PKCE out. Public clients may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pkce {
    /// The default.
    Required,
    /// For confidential clients whose library cannot; the code is then bound by client authentication and nonce.
    Optional,
}

/// How a member is named towards a client (Core s8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// A name of its own for each sector.
    Pairwise,
    /// One name for all clients of the tenant that ask so.
    Public,
}

/// A grant of the token endpoint (RFC 6749 s1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// `authorization_code`.
    AuthorizationCode,
    /// `refresh_token`.
    RefreshToken,
    /// `client_credentials`.
    ClientCredentials,
    /// RFC 8628 s3.4.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// RFC 8693 s2.1: the brand's own app hands its session on to a browser.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

/// A registered partner app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "registration names them one by one")]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// Its name on the consent page.
    pub name: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Its home page, to go back to when a page cannot go on.
    pub uri: Option<String>,
    /// Its privacy notice.
    pub policy_uri: Option<String>,
    /// Its terms.
    pub tos_uri: Option<String>,
    /// Why it asks, in its own words.
    pub purpose: Option<String>,
    /// What its registration promises as a whole.
    pub security_profile: Option<SecurityProfile>,
    /// How it authenticates.
    pub authentication: ClientAuthentication,
    /// Its public keys: for `private_key_jwt` and signed requests.
    pub jwks: Option<ClientJwks>,
    /// Whom its assertions may be for.
    pub assertion_audience: AssertionAudience,
    /// How it is installed.
    pub application_type: ApplicationType,
    /// Where a browser may be sent back to.
    pub redirect_uris: Vec<RegisteredRedirectUri>,
    /// Where a browser may be sent after logout.
    pub post_logout_redirect_uris: Vec<RegisteredRedirectUri>,
    /// Origins whose scripts may call the token and userinfo endpoints.
    pub allowed_origins: Vec<String>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// What it may do at the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// Whether PKCE may be left out.
    pub pkce: Pkce,
    /// `sector_identifier` (Core s8.1): clients of one sector see one `sub`.
    pub sector: String,
    /// Pairwise unless the operator decided otherwise.
    pub subject_type: SubjectType,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: Algorithm,
    /// `userinfo_signed_response_alg`; `None`: plain JSON.
    pub userinfo_algorithm: Option<Algorithm>,
    /// `introspection_signed_response_alg` (RFC 9701 s6).
    pub introspection_algorithm: Option<Algorithm>,
    /// `request_object_signing_alg` (RFC 9101): the one algorithm of its signed requests.
    pub request_object_algorithm: Option<Algorithm>,
    /// `require_signed_request_object` (RFC 9101 s10.5).
    pub requires_signed_request: bool,
    /// `require_pushed_authorization_requests` (RFC 9126 s6).
    pub requires_pushed_requests: bool,
    /// `dpop_bound_access_tokens` (RFC 9449 s5.2).
    pub requires_dpop: bool,
    /// Whether each use of a refresh token replaces it (RFC 9700 s4.14.2).
    pub rotates_refresh_tokens: bool,
    /// `require_auth_time` (Registration s2).
    pub requires_auth_time: bool,
    /// `default_max_age` in seconds (Registration s2).
    pub default_max_age: Option<u64>,
    /// `backchannel_logout_uri` (Back-Channel Logout s2.2).
    pub backchannel_logout_uri: Option<String>,
    /// `initiate_login_uri` (Core s4): where a sign-in at this app begins.
    pub initiate_login_uri: Option<RegisteredRedirectUri>,
    /// The identifier of the API that it is, and whose tokens it may introspect.
    pub resource: Option<String>,
}

impl Client {
    /// The redirect target, if the requested URI is registered.
    pub fn redirect_target(&self, requested: &str) -> Option<RedirectTarget> {
        self.redirect_uris.iter().find_map(|uri| uri.matches(requested))
    }

    /// Where a browser is sent so that a sign-in at this app begins, if it says where.
    pub fn sign_in_target(&self) -> Option<RedirectTarget> {
        let uri = self.initiate_login_uri.as_ref()?;
        uri.matches(uri.as_str())
    }

    /// What its `sub` values are derived from: its sector, or nothing for the tenant-wide public name.
    pub fn subject_sector(&self) -> &str {
        match self.subject_type {
            SubjectType::Pairwise => &self.sector,
            SubjectType::Public => "",
        }
    }

    /// Whether it may sign with an algorithm, in whatever it signs.
    pub fn signs_with(&self, algorithm: Algorithm) -> bool {
        let profile = self.security_profile.map(SecurityProfile::algorithms);
        profile.is_none_or(|taken| taken.contains(&algorithm))
    }

    /// What its access tokens are signed with: RS256, which every gateway verifies, unless its profile forbids it.
    pub const fn access_token_algorithm(&self) -> Algorithm {
        match self.security_profile {
            None => Algorithm::Rs256,
            Some(SecurityProfile::Fapi2) => self.id_token_algorithm,
        }
    }

    /// Whether it has no credentials of its own.
    pub const fn is_public(&self) -> bool {
        matches!(self.authentication, ClientAuthentication::None)
    }

    /// Whether it may use a grant.
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
}
