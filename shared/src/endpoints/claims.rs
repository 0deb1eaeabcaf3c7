//! Claims about a member (Core s5.1), for ID tokens and userinfo.

use serde_json::{Map, Value};

use crate::{
    model::{Member, Profile},
    types::ScopeSet,
};

/// The names of the claims these scopes stand for (Core s5.4).
pub(super) fn of_scopes(scopes: &ScopeSet) -> impl Iterator<Item = &'static str> {
    let granted = Profile::CLAIMS.iter().filter(|(scope, _)| scopes.contains(scope));
    granted.flat_map(|(_, claims)| claims.iter().copied())
}

/// What is known of her under these names. What she does not have is left out.
pub(super) fn about<'a>(member: &Member, names: impl Iterator<Item = &'a str>) -> Map<String, Value> {
    let mut all = match serde_json::to_value(&member.profile) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    all.insert("phone_number".to_owned(), member.number.as_str().into());
    // The brand knows the number is hers: she signs in with it.
    all.insert("phone_number_verified".to_owned(), true.into());
    names.filter_map(|name| all.remove_entry(name)).collect()
}
