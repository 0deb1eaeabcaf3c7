use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Profile;
use crate::types::ScopeSet;

/// The `claims` parameter (Core s5.5): single claims about the member, asked for by name. Which are essential and which
/// values are wanted says nothing about what a brand knows of her, so only names are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the ID token.
    #[serde(default, rename = "i", skip_serializing_if = "BTreeSet::is_empty")]
    pub id_token: BTreeSet<String>,
    /// For userinfo.
    #[serde(default, rename = "u", skip_serializing_if = "BTreeSet::is_empty")]
    pub userinfo: BTreeSet<String>,
}

impl ClaimsRequest {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }

    /// Leaves out what these scopes do not stand for: a claim is hers to give by the scope it belongs to.
    #[must_use]
    pub fn within(mut self, scopes: &ScopeSet) -> Self {
        let stands = |name: &String| Profile::scope_of(name).is_some_and(|scope| scopes.contains(scope));
        self.id_token.retain(stands);
        self.userinfo.retain(stands);
        self
    }

    /// The standard scopes these claims belong to (Core s5.4).
    pub fn scopes(&self) -> impl Iterator<Item = &'static str> {
        let names = self.id_token.iter().chain(&self.userinfo);
        names.filter_map(|name| Profile::scope_of(name))
    }
}
