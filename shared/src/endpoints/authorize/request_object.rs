//! A signed request, passed by value (RFC 9101): what it must say about itself before its parameters count.

use serde::Deserialize;
use serde_json::Value;

use super::checks::PARAMETERS;
use crate::{
    jwt::{self, NumericDate, VerificationKey},
    model::{Client, Tenant},
    ports::Algorithm,
    types::Timestamp,
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
    },
};

/// Longest life of a request object and longest time since it began, in seconds (FAPI 2.0 Message Signing s5.3.1).
const LONGEST: u64 = 3_600;
/// How far clocks may differ.
const SKEW: u64 = 10;

/// Who asks whom, and when (RFC 9101 s4).
#[derive(Deserialize)]
struct Envelope {
    iss: String,
    aud: Value,
    client_id: String,
    exp: NumericDate,
    nbf: NumericDate,
    #[serde(default)]
    iat: Option<NumericDate>,
    #[serde(default)]
    sub: Option<Value>,
}

/// The parameters of a request object.
pub(super) fn parameters(
    object: &str,
    algorithm: Algorithm,
    keys: &[VerificationKey],
    tenant: &Tenant,
    client: &Client,
    now: Timestamp,
) -> Result<Params, Fault> {
    let claims = jwt::verify_request_object(object, algorithm, keys).ok_or(invalid(
        "the request object is not signed by this client in its registered algorithm",
    ))?;
    let envelope = Envelope::deserialize(&claims).map_err(|_| {
        invalid("the request object must have iss, aud, client_id, nbf and exp, each of its type")
    })?;
    is_for_us(&envelope, tenant, client)?;
    is_of_now(&envelope, now)?;
    let nested = ["request", "request_uri"]
        .iter()
        .any(|name| claims.contains_key(*name));
    if nested {
        return Err(invalid("a request object holds no other request"));
    }
    Params::of(claims.iter().flat_map(texts)).map_err(|_| invalid("the request object has an unusable value"))
}

fn is_for_us(envelope: &Envelope, tenant: &Tenant, client: &Client) -> Result<(), Fault> {
    let id = client.id.as_str();
    if envelope.iss != id || envelope.client_id != id {
        return Err(invalid(
            "iss and client_id of the request object must be the client_id",
        ));
    }
    // RFC 9101 s10.8: with it, the object would be an assertion of the client.
    if envelope.sub.as_ref().is_some_and(|sub| sub == id) {
        return Err(invalid("sub of the request object must not be the client_id"));
    }
    let issuer = tenant.issuer.as_str();
    let among = |all: &Vec<Value>| all.iter().any(|one| one == issuer);
    if envelope.aud == issuer || envelope.aud.as_array().is_some_and(among) {
        Ok(())
    } else {
        Err(invalid("aud of the request object must be the issuer"))
    }
}

fn is_of_now(envelope: &Envelope, now: Timestamp) -> Result<(), Fault> {
    let (NumericDate(exp), NumericDate(nbf)) = (envelope.exp, envelope.nbf);
    let mut begun = envelope.iat.into_iter().chain([envelope.nbf]);
    if (Timestamp(exp) + SKEW).is_past(now) || begun.any(|NumericDate(t)| t > now.0 + SKEW) {
        return Err(invalid("the request object is expired or from the future"));
    }
    if now.seconds_since(Timestamp(nbf)) > LONGEST || exp.saturating_sub(nbf) > LONGEST {
        return Err(invalid("the request object lives longer than an hour"));
    }
    Ok(())
}

/// A claim as the parameter of its name: JSON has numbers and objects where a form has text (RFC 9101 s4).
fn texts((name, value): (&String, &Value)) -> Vec<(String, String)> {
    let values = match value {
        _ if !PARAMETERS.contains(&name.as_str()) => Vec::new(),
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(list) if name == "resource" => list.iter().map(text_of).collect(),
        other => vec![other.to_string()],
    };
    values.into_iter().map(|text| (name.clone(), text)).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

const fn invalid(description: &'static str) -> Fault {
    Fault::new(ErrorCode::InvalidRequestObject, description)
}
