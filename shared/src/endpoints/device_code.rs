//! A device code is sealed: what it is for, it says itself. Nobody else's opens, and an old one is known for what it
//! was though nothing is stored of it any more.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    keyring::{Keyring, Purpose},
    ports::Random,
    types::{ClientId, Digest, Secret, TenantId},
};

/// What a device code says to us.
#[derive(Serialize, Deserialize)]
pub(super) struct DeviceCode {
    /// Where its request is stored.
    #[serde(rename = "u")]
    pub(super) user_code: Digest,
    /// Whose it is.
    #[serde(rename = "c")]
    pub(super) client: ClientId,
    /// 256 random bits: nobody guesses it, whoever holds our keys.
    #[serde(rename = "r")]
    random: String,
}

impl DeviceCode {
    pub(super) fn new(user_code: Digest, client: &ClientId, random: &dyn Random) -> Self {
        Self {
            user_code,
            client: client.clone(),
            random: URL_SAFE_NO_PAD.encode(random.bytes::<32>()),
        }
    }

    /// The text for the device.
    pub(super) fn seal(&self, keyring: &Keyring, tenant: &TenantId) -> Option<Secret<String>> {
        keyring.seal(tenant, Purpose::DeviceCode, self).map(Secret::new)
    }

    /// Reads a text; `None` if it is none that we gave to this client.
    pub(super) fn open(keyring: &Keyring, tenant: &TenantId, client: &ClientId, text: &str) -> Option<Self> {
        keyring
            .open(tenant, Purpose::DeviceCode, text)
            .filter(|code: &Self| code.client == *client)
    }
}
