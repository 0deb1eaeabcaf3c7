use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, Serialize};

use crate::{
    ports::Algorithm,
    types::{ApplicationType, ClientId, Digest, RedirectTarget, RegisteredRedirectUri, ScopeSet},
};

/// The one way a client proves who it is (`token_endpoint_auth_method`, Registration s2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `none`: a public client.
    None,
    /// `client_secret_basic`, against the digests of the secrets alive.
    SecretBasic(Vec<Digest>),
    /// `client_secret_post`.
    SecretPost(Vec<Digest>),
    /// `private_key_jwt`, against the registered public keys.
    PrivateKeyJwt(Vec<Jwk>),
}

impl ClientAuthentication {
    /// The registered name.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
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
}

/// A registered partner app.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// How it authenticates.
    pub authentication: ClientAuthentication,
    /// How it is installed.
    pub application_type: ApplicationType,
    /// Where a browser may be sent back to.
    pub redirect_uris: Vec<RegisteredRedirectUri>,
    /// Where a browser may be sent after logout.
    pub post_logout_redirect_uris: Vec<String>,
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
}

impl Client {
    /// The redirect target, if the requested URI is registered.
    pub fn redirect_target(&self, requested: &str) -> Option<RedirectTarget> {
        self.redirect_uris.iter().find_map(|uri| uri.matches(requested))
    }

    /// What its `sub` values are derived from: its sector, or nothing for the tenant-wide public name.
    pub fn subject_sector(&self) -> &str {
        match self.subject_type {
            SubjectType::Pairwise => &self.sector,
            SubjectType::Public => "",
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
