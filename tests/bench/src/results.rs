use std::{fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    cold::Cold,
    failure::{Result, While},
    grants::Grants,
    price::Prices,
    wire::Wire,
};

/// Everything that was found, as it is kept beside the tables. A part that was never run is not there.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    pub(crate) cold: Option<Cold>,
    pub(crate) grants: Option<Grants>,
    pub(crate) wire: Option<Wire>,
    pub(crate) price: Option<Prices>,
}

impl Results {
    /// What earlier runs found; nothing if there were none.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).while_(path.display())?;
        serde_json::from_str(&text).while_(path.display())
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).while_(folder.display())?;
        }
        let mut all = serde_json::to_value(self)?;
        round(&mut all);
        fs::write(path, serde_json::to_string_pretty(&all)? + "\n").while_(path.display())
    }
}

/// Leaves of every number what a clock can tell: a ten-thousandth. The rest is the binary fraction's.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|n| (n * 10_000.0).round() / 10_000.0);
            *value = rounded.map_or(Value::Null, Value::from);
        }
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(members) => members.values_mut().for_each(round),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_rounded_wherever_they_are_and_counts_stay() {
        let mut value = json!({"a": [0.181_450_000_000_1, 7], "b": {"c": 2.949_99}, "d": "1.23456"});
        round(&mut value);
        assert_eq!(value, json!({"a": [0.1815, 7], "b": {"c": 2.95}, "d": "1.23456"}));
    }
}
