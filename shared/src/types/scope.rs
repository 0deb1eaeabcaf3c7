//! `scope` (RFC 6749 s3.3).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

/// One scope token: printable ASCII without space, `"` and `\`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl Scope {
    /// `openid`: asks for an ID token (OpenID Connect Core s3.1.2.1).
    pub const OPENID: &'static str = "openid";
    /// `offline_access`: asks for a refresh token (Core s11).
    pub const OFFLINE_ACCESS: &'static str = "offline_access";

    /// Reads one token; `None` if a character is outside RFC 6749's NQCHAR set.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |b: u8| b == 0x21 || (0x23..=0x5b).contains(&b) || (0x5d..=0x7e).contains(&b);
        (!text.is_empty() && text.len() <= 128 && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The token as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0
    }
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{}` is not a scope", text.escape_default()))
    }
}

/// A set of scopes. Order carries no meaning, so it is kept sorted and always prints the same.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// The most scopes one request may carry.
    pub const MAX: usize = 50;

    /// Reads the space-separated form; `None` if a token is malformed or there are more than [`Self::MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        let set: Option<BTreeSet<Scope>> = text
            .split(' ')
            .filter(|t| !t.is_empty())
            .map(Scope::parse)
            .collect();
        set.filter(|s| s.len() <= Self::MAX).map(Self)
    }

    /// Whether the named scope is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|s| s.as_str() == name)
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// The scopes in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The scopes in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The scopes in `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// Whether every scope of `self` is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}{scope}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a012_scope_order_and_repetition_do_not_matter() {
        assert_eq!(ScopeSet::parse("b a  b"), ScopeSet::parse("a b"));
        assert_eq!(ScopeSet::parse("b a").unwrap().to_string(), "a b");
    }

    #[test]
    fn characters_outside_nqchar_are_refused() {
        for bad in ["a\"b", "a\\b", "a\tb", "å", "a\nb"] {
            assert_eq!(ScopeSet::parse(bad), None, "{bad:?}");
        }
    }
}
