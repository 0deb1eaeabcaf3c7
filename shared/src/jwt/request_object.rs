use serde_json::{Map, Value};

use super::{
    VerificationKey,
    verify::{fits, header, may_be, verify},
};
use crate::ports::Algorithm;

/// `typ` of a request object (RFC 9101 s10.8).
const REQUEST_OBJECT: &str = "oauth-authz-req+jwt";

/// Longest request object that is looked at: it has to fit into an address.
const MAX_LENGTH: usize = 6 * 1024;

/// Verifies a signed request object (RFC 9101 s6.2) with the client's keys, in the one algorithm it registered.
pub fn verify_request_object(
    object: &str,
    algorithm: Algorithm,
    keys: &[VerificationKey],
) -> Option<Map<String, Value>> {
    let header = header(object).filter(|_| object.len() <= MAX_LENGTH)?;
    if !may_be(&header, REQUEST_OBJECT) {
        return None;
    }
    keys.iter()
        .filter(|key| key.algorithm == algorithm && fits(key, &header))
        .find_map(|key| verify(object, key))
}
