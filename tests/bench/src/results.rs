use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

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
        fs::write(path, serde_json::to_string_pretty(self)? + "\n").while_(path.display())
    }
}
