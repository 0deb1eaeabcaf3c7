//! The settings as they are written. Shapes only; the modules beside this one know what they mean.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use super::policy::PolicyDeclaration;
use crate::{
    model::{GrantType, MemberStatus, Pkce, Profile, SubjectType},
    ports::Algorithm,
    types::{ApplicationType, Locale},
};

/// A table of named things, in the order written. A name that is there twice is refused, whatever the format does.
pub(super) struct Named<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> IntoIterator for Named<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    if entries.iter().any(|(earlier, _)| *earlier == name) {
                        return Err(A::Error::custom(format!("`{name}` is there twice")));
                    }
                    entries.push((name, value));
                }
                Ok(Named(entries))
            }
        }
        source.deserialize_map(Entries(PhantomData))
    }
}

/// The whole configuration as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    #[serde(default)]
    pub(super) tenants: Named<TenantDeclaration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantDeclaration {
    pub(super) issuer: String,
    #[serde(default)]
    pub(super) sandbox: bool,
    pub(super) default_locale: Option<Locale>,
    pub(super) countries: Vec<String>,
    pub(super) algorithms: Option<Vec<Algorithm>>,
    pub(super) brand: BrandDeclaration,
    #[serde(default)]
    pub(super) policy: PolicyDeclaration,
    #[serde(default)]
    pub(super) resources: Named<ResourceDeclaration>,
    #[serde(default)]
    pub(super) scopes: Named<ScopeDeclaration>,
    #[serde(default)]
    pub(super) clients: Named<ClientDeclaration>,
    #[serde(default)]
    pub(super) members: Vec<MemberDeclaration>,
}

#[derive(Deserialize)]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThemeDeclaration {
    pub(super) primary: String,
    pub(super) primary_dark: String,
    pub(super) accent: Option<String>,
    pub(super) radius: Option<u64>,
    pub(super) font: Option<FontDeclaration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FontDeclaration {
    System,
    Humanist,
    Geometric,
    Serif,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceDeclaration {
    pub(super) identifier: String,
    pub(super) member_key: Option<String>,
}

/// A text in several languages.
pub(super) type Texts = BTreeMap<Locale, String>;

#[derive(Deserialize, Default)]
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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientDeclaration {
    pub(super) name: String,
    pub(super) publisher: Option<String>,
    pub(super) uri: Option<String>,
    pub(super) policy_uri: Option<String>,
    pub(super) tos_uri: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) token_endpoint_auth_method: Option<AuthMethod>,
    pub(super) client_secret: Option<String>,
    pub(super) jwks: Option<serde_json::Value>,
    pub(super) application_type: Option<ApplicationType>,
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
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum AuthMethod {
    None,
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberDeclaration {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) status: Option<MemberStatus>,
    pub(super) fixed_code: Option<String>,
    #[serde(default)]
    pub(super) profile: Profile,
}
