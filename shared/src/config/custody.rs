//! Where a tenant's signing keys are.

use std::collections::BTreeMap;

use super::{
    arn,
    declaration::CustodyDeclaration,
    setting::{ConfigError, Setting},
};
use crate::{model::Custody, ports::Algorithm};

/// `at` is the tenant's: `custody` and `signing_keys` decide each other.
pub(super) fn validate(
    at: &Setting,
    declared: Option<CustodyDeclaration>,
    keys: BTreeMap<Algorithm, String>,
    algorithms: &[Algorithm],
) -> Result<Custody, ConfigError> {
    let at = at.key("signing_keys");
    match declared.unwrap_or(CustodyDeclaration::Wrapped) {
        CustodyDeclaration::Wrapped => {
            at.require(keys.is_empty(), "is of no use without `custody = \"kms\"`")?;
            Ok(Custody::Wrapped)
        }
        CustodyDeclaration::Kms => {
            for algorithm in algorithms {
                at.key(algorithm.name()).require(
                    keys.contains_key(algorithm),
                    "is missing; `algorithms` lists it and `custody` is \"kms\"",
                )?;
            }
            let mut seen: Vec<&str> = Vec::new();
            for (algorithm, key) in &keys {
                let at = at.key(algorithm.name());
                at.require(algorithms.contains(algorithm), "is not among `algorithms`")?;
                at.require(
                    is_key(key),
                    "is not the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID",
                )?;
                // One key for two algorithms would have one name for two things in the JWKS.
                at.require(!seen.contains(&key.as_str()), "is another algorithm's key")?;
                seen.push(key);
            }
            Ok(Custody::Kms(keys))
        }
    }
}

/// An alias could be turned to another key behind the JWKS, so it is no answer.
fn is_key(text: &str) -> bool {
    let id = arn::resource(text, "kms").and_then(|resource| resource.strip_prefix("key/"));
    id.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}
