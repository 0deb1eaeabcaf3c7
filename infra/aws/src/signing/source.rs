use symbolon::{
    model::{self, Tenant},
    ports::Algorithm,
};

use super::key_set::Custody;

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// KMS makes a pair and wraps its private half.
    Wrapped,
    /// A key of KMS's own, by ARN.
    Kms(String),
}

impl KeySource {
    /// Where a tenant's settings say that its keys of an algorithm come from; `None` if they name no key of it.
    pub fn of(tenant: &Tenant, algorithm: Algorithm) -> Option<Self> {
        match &tenant.custody {
            model::Custody::Wrapped => Some(Self::Wrapped),
            model::Custody::Kms(keys) => keys.get(&algorithm).cloned().map(Self::Kms),
        }
    }

    pub(super) fn of_key(custody: &Custody) -> Self {
        match custody {
            Custody::Wrapped(_) => Self::Wrapped,
            Custody::Kms(arn) => Self::Kms(arn.clone()),
        }
    }
}
