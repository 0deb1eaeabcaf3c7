//! The settings as they are written. Shapes only; the modules beside this one know what they mean.
//!
//! What is serialised is what a stored document holds: a brand without its clients and members, a client without its
//! secret.

use std::{collections::BTreeMap, ops::Not};

use serde::{Deserialize, Serialize};

use super::{hidden::Hidden, named::Named, policy::PolicyDeclaration};
use crate::{
    model::{AssertionAudience, GrantType, MemberStatus, Pkce, Profile, SecurityProfile, SubjectType},
    ports::Algorithm,
    types::{ApplicationType, Locale},
};

/// The whole configuration as written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    #[serde(default)]
    pub(super) tenants: Named<TenantDeclaration>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantDeclaration {
    pub(super) issuer: String,
    #[serde(default)]
    pub(super) sandbox: bool,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) suspended: bool,
    pub(super) default_locale: Option<Locale>,
    pub(super) countries: Vec<String>,
    pub(super) algorithms: Option<Vec<Algorithm>>,
    pub(super) custody: Option<CustodyDeclaration>,
    #[serde(default)]
    pub(super) signing_keys: BTreeMap<Algorithm, String>,
    pub(super) brand: BrandDeclaration,
    #[serde(default)]
    pub(super) messages: MessagesDeclaration,
    pub(super) directory: Option<DirectoryDeclaration>,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) require_pushed_authorization_requests: bool,
    #[serde(default)]
    pub(super) policy: PolicyDeclaration,
    #[serde(default)]
    pub(super) resources: Named<ResourceDeclaration>,
    #[serde(default)]
    pub(super) scopes: Named<ScopeDeclaration>,
    #[serde(default, skip_serializing)]
    pub(super) clients: Named<ClientDeclaration>,
    #[serde(default, skip_serializing)]
    pub(super) members: Vec<MemberDeclaration>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CustodyDeclaration {
    Wrapped,
    Kms,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessagesDeclaration {
    pub(super) sender: Option<SenderDeclaration>,
    pub(super) sender_id: Option<String>,
    pub(super) origination_identity: Option<String>,
    pub(super) configuration_set: Option<String>,
    pub(super) entity_id: Option<String>,
    pub(super) template_id: Option<String>,
    pub(super) url: Option<String>,
    pub(super) secret: Option<Hidden>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SenderDeclaration {
    Sns,
    EndUserMessaging,
    Webhook,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectoryDeclaration {
    pub(super) url: String,
    pub(super) secret: Hidden,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BrandDeclaration {
    pub(super) name: String,
    pub(super) monogram: String,
    pub(super) logo: Option<String>,
    pub(super) privacy_uri: Option<String>,
    pub(super) terms_uri: Option<String>,
    pub(super) support_uri: Option<String>,
    pub(super) theme: ThemeDeclaration,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThemeDeclaration {
    pub(super) primary: String,
    pub(super) primary_dark: String,
    pub(super) accent: Option<String>,
    pub(super) radius: Option<u64>,
    pub(super) font: Option<FontDeclaration>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FontDeclaration {
    System,
    Humanist,
    Geometric,
    Serif,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceDeclaration {
    pub(super) identifier: String,
    pub(super) member_key: Option<Hidden>,
}

/// A text in several languages.
pub(super) type Texts = BTreeMap<Locale, String>;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeDeclaration {
    pub(super) version: Option<u32>,
    pub(super) question: Option<Texts>,
    pub(super) label: Option<Texts>,
    pub(super) detail: Option<Texts>,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) resource: Option<String>,
}

/// Named as in OpenID Connect Dynamic Client Registration where that has a name.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientDeclaration {
    pub(super) name: String,
    pub(super) publisher: Option<String>,
    pub(super) uri: Option<String>,
    pub(super) policy_uri: Option<String>,
    pub(super) tos_uri: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) security_profile: Option<SecurityProfile>,
    pub(super) token_endpoint_auth_method: Option<AuthMethod>,
    #[serde(skip_serializing)]
    pub(super) client_secret: Option<String>,
    pub(super) client_secret_digest: Option<Vec<String>>,
    pub(super) jwks: Option<serde_json::Value>,
    pub(super) jwks_uri: Option<String>,
    pub(super) client_assertion_audience: Option<AssertionAudience>,
    pub(super) application_type: Option<ApplicationType>,
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(super) post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    pub(super) allowed_origins: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) grant_types: Option<Vec<GrantType>>,
    pub(super) pkce: Option<Pkce>,
    pub(super) sector: Option<String>,
    pub(super) subject_type: Option<SubjectType>,
    pub(super) id_token_signed_response_alg: Option<Algorithm>,
    pub(super) userinfo_signed_response_alg: Option<Algorithm>,
    pub(super) introspection_signed_response_alg: Option<Algorithm>,
    pub(super) request_object_signing_alg: Option<Algorithm>,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) require_signed_request_object: bool,
    pub(super) require_pushed_authorization_requests: Option<bool>,
    pub(super) dpop_bound_access_tokens: Option<bool>,
    pub(super) refresh_token_rotation: Option<bool>,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) require_auth_time: bool,
    pub(super) default_max_age: Option<u64>,
    pub(super) backchannel_logout_uri: Option<String>,
    pub(super) initiate_login_uri: Option<String>,
    pub(super) resource: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AuthMethod {
    None,
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberDeclaration {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) status: Option<MemberStatus>,
    pub(super) fixed_code: Option<String>,
    #[serde(default)]
    pub(super) profile: Profile,
}
