use std::collections::BTreeMap;

use crate::ports::Algorithm;

/// Where a tenant's private signing keys are. The server for one machine has keys of its own whatever this says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Custody {
    /// Made by the key service and stored encrypted by it; a process that signs opens them once.
    #[default]
    Wrapped,
    /// Never outside the key service, which makes every signature: the ARN of the key of each algorithm.
    Kms(BTreeMap<Algorithm, String>),
}
