//! The codes of a sandbox's test numbers, as one secret of its document.

use std::collections::BTreeMap;

use super::setting::{ConfigError, Setting};
use crate::{
    model::Tenant,
    types::{PhoneNumber, Sealable, Secret},
};

/// Where they stand. No setting of a file: there they are with their members.
pub(super) const NAME: &str = "test_numbers";

/// A table of numbers and codes as JSON; nothing where there are none.
pub(super) fn write(tenant: &Tenant) -> Option<Secret<String>> {
    let numbers = tenant.test_numbers.open().ok().filter(|n| !n.is_empty())?;
    let plain: BTreeMap<&PhoneNumber, &String> = numbers
        .iter()
        .map(|(number, code)| (number, code.expose()))
        .collect();
    serde_json::to_string(&plain).ok().map(Secret::new)
}

pub(super) fn read(
    at: &Setting,
    written: Sealable<Secret<String>>,
) -> Result<Sealable<BTreeMap<PhoneNumber, Secret<String>>>, ConfigError> {
    written.try_map(|json| {
        let plain: BTreeMap<PhoneNumber, String> = serde_json::from_str(json.expose())
            // The parser's own words may quote a number.
            .map_err(|_| at.refused("is not a table of numbers and codes"))?;
        Ok(plain
            .into_iter()
            .map(|(number, code)| (number, Secret::new(code)))
            .collect())
    })
}
