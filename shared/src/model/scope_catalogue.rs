use super::Text;
use crate::types::{Scope, ScopeSet};

/// One scope of a brand, in words its customers understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueScope {
    /// The token.
    pub scope: Scope,
    /// Grows when the text or the meaning changes; a higher version asks for consent again.
    pub version: u32,
    /// Headline when this is the one thing asked: "Allow {app} to view your status?". `{app}` is the partner.
    pub question: Option<Text>,
    /// One line: "See your points".
    pub label: Text,
    /// What exactly, and for how long.
    pub detail: Option<Text>,
    /// Whether a member may leave it out and still allow the rest.
    pub optional: bool,
    /// Which resource takes tokens with this scope; `None` for the issuer's own userinfo.
    pub resource: Option<String>,
}

/// Every scope of a brand. What is not in it does not exist at this issuer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeCatalogue {
    entries: Vec<CatalogueScope>,
}

impl ScopeCatalogue {
    /// Takes the entries in the order they are shown.
    pub fn new(entries: Vec<CatalogueScope>) -> Self {
        Self { entries }
    }

    /// The entry of a scope.
    pub fn get(&self, scope: &Scope) -> Option<&CatalogueScope> {
        self.entries.iter().find(|e| e.scope == *scope)
    }

    /// The entries of a set, in the catalogue's order.
    pub fn entries_of<'a>(&'a self, set: &'a ScopeSet) -> impl Iterator<Item = &'a CatalogueScope> {
        self.entries.iter().filter(|e| set.contains(e.scope.as_str()))
    }

    /// Every scope there is.
    pub fn all(&self) -> ScopeSet {
        self.entries.iter().map(|e| e.scope.clone()).collect()
    }

    /// The current version of a scope's text; 0 for an unknown one.
    pub fn version(&self, scope: &Scope) -> u32 {
        self.get(scope).map_or(0, |e| e.version)
    }
}
