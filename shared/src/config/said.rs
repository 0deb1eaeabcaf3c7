//! What a declaration says, without what it leaves out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::named::Named;

/// JSON whose tables keep their order.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Tree {
    Table(Named<Tree>),
    List(Vec<Tree>),
    Leaf(Value),
}

/// The value as JSON, without nulls and empty tables.
///
/// A setting that the next release adds is unknown to this one: a document that does not use it must not name it, or
/// functions and the tool that writes for them could only be replaced in the same instant.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut tree: Tree = serde_json::from_str(&serde_json::to_string(value)?)?;
    tree.prune();
    serde_json::to_string(&tree)
}

impl Tree {
    fn prune(&mut self) {
        match self {
            Self::Table(table) => {
                table.iter_mut().for_each(|(_, value)| value.prune());
                table.retain(|value| !value.says_nothing());
            }
            Self::List(list) => list.iter_mut().for_each(Self::prune),
            Self::Leaf(_) => {}
        }
    }

    /// An empty list says something: no resends, where nothing would mean the usual ones.
    fn says_nothing(&self) -> bool {
        match self {
            Self::Table(table) => table.is_empty(),
            Self::List(_) => false,
            Self::Leaf(value) => value.is_null(),
        }
    }
}
