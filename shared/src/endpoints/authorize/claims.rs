//! The `claims` parameter and what else bears on the kind of authentication asked for (Core s5.5).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    model::{Authentication, ClaimsRequest},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
    },
};

/// What a request asks for by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Claims about the member.
    pub(super) claims: ClaimsRequest,
    /// The one member it wants (Core s5.5.1, `sub` with a value).
    pub(super) subject: Option<String>,
}

/// How one claim is asked for (Core s5.5.1).
#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    essential: bool,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

pub(super) fn named(params: &Params) -> Result<Named, Fault> {
    let Some(text) = params.get("claims") else {
        return Ok(Named::default());
    };
    let malformed = Fault::request("claims is not JSON of the shape in OpenID Connect Core 5.5");
    let mut written: Map<String, Value> = serde_json::from_str(text).map_err(|_| malformed.clone())?;
    let (mut named, mut subject) = ([BTreeSet::new(), BTreeSet::new()], None);
    // Members that nobody knows are ignored.
    for (names, member) in named.iter_mut().zip(["id_token", "userinfo"]) {
        let claims = match written.remove(member) {
            None => continue,
            Some(Value::Object(claims)) => claims,
            Some(_) => return Err(malformed),
        };
        for (name, wish) in claims {
            let wish = wish_of(wish).ok_or_else(|| malformed.clone())?;
            match name.as_str() {
                "sub" => subject = the_one(subject, wish)?,
                "acr" => reachable(&wish)?,
                _ => {
                    names.insert(name);
                }
            }
        }
    }
    let [id_token, userinfo] = named;
    Ok(Named {
        claims: ClaimsRequest { id_token, userinfo },
        subject,
    })
}

/// `null` or an object; a list would pass for one otherwise.
fn wish_of(written: Value) -> Option<Wish> {
    match written {
        Value::Null => Some(Wish::default()),
        Value::Object(_) => serde_json::from_value(written).ok(),
        _ => None,
    }
}

fn the_one(before: Option<String>, wish: Wish) -> Result<Option<String>, Fault> {
    let mut values = wish.value.into_iter().chain(wish.values.unwrap_or_default());
    match (before, values.next(), values.next()) {
        (before, None, _) => Ok(before),
        (None, Some(Value::String(subject)), None) => Ok(Some(subject)),
        (Some(before), Some(Value::String(subject)), None) if before == subject => Ok(Some(subject)),
        _ => Err(Fault::request("claims names more than one sub")),
    }
}

/// Core s5.5.1.1: an essential `acr` that cannot be reached is a failed authentication, never a lower one.
fn reachable(wish: &Wish) -> Result<(), Fault> {
    let ours = |value: &Value| value.as_str() == Some(Authentication::ACR);
    let mut values = wish.value.iter().chain(wish.values.iter().flatten()).peekable();
    if wish.essential && values.peek().is_some() && !values.any(ours) {
        return Err(Fault::new(
            ErrorCode::UnmetAuthenticationRequirements,
            "members cannot authenticate in the way that is asked for",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(claims: &str) -> Result<Named, ErrorCode> {
        let encoded: String = form_urlencoded::byte_serialize(claims.as_bytes()).collect();
        named(&Params::parse(format!("claims={encoded}").as_bytes()).unwrap()).map_err(|fault| fault.code)
    }

    #[test]
    fn a034_names_are_kept_apart_by_where_they_go() {
        let both = r#"{"id_token": {"email": null, "auth_time": {"essential": true}}, "userinfo": {"name": {"essential": true}}, "x": 1}"#;
        let named = read(both).unwrap();
        assert!(named.claims.id_token.contains("email") && !named.claims.id_token.contains("name"));
        assert!(named.claims.userinfo.contains("name") && !named.claims.userinfo.contains("email"));
    }

    #[test]
    fn a034_another_shape_is_an_invalid_request() {
        for bad in [
            "",
            "x",
            "[]",
            "1",
            r#"{"id_token": []}"#,
            r#"{"id_token": {"email": 1}}"#,
            r#"{"userinfo": {"email": {"essential": "yes"}}}"#,
            r#"{"userinfo": {"email": {"values": "a"}}}"#,
            r#"{"id_token": {"sub": {"values": ["a", "b"]}}}"#,
            r#"{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}"#,
        ] {
            let expected = if bad.is_empty() {
                Ok(Named::default())
            } else {
                Err(ErrorCode::InvalidRequest)
            };
            assert_eq!(read(bad), expected, "{bad}");
        }
    }

    #[test]
    fn a033_only_an_essential_acr_out_of_reach_is_an_error() {
        let unmet = Err(ErrorCode::UnmetAuthenticationRequirements);
        let asked = |wish: &str| read(&format!(r#"{{"id_token": {{"acr": {wish}}}}}"#));
        assert_eq!(asked(r#"{"essential": true, "value": "gold"}"#), unmet);
        assert_eq!(
            asked(r#"{"essential": true, "values": ["gold", "silver"]}"#),
            unmet
        );
        for fine in [
            "null",
            r#"{"essential": true}"#,
            r#"{"values": ["gold"]}"#,
            r#"{"essential": true, "values": ["gold", "urn:symbolon:acr:otp"]}"#,
        ] {
            assert!(asked(fine).is_ok(), "{fine}");
        }
    }
}
