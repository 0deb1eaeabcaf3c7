//! Where a user code is stored, and who may guess how often.

use std::net::IpAddr;

use super::{Keyring, keyed};
use crate::types::{Digest, TenantId, UserCode};

impl Keyring {
    /// The storage key of a user code: 34 bits are soon gone through by whoever has the table, but not without the key.
    pub fn user_code_index(&self, tenant: &TenantId, code: &UserCode) -> Digest {
        let text = code.to_string();
        Digest::from_bytes(keyed(&self.identity, tenant, "user code", &[text.as_bytes()]))
    }

    /// Under what the codes typed at a network address are counted: apart from the messages it asks for.
    pub fn device_address_index(&self, tenant: &TenantId, address: IpAddr) -> Digest {
        self.counted_as("device address", tenant, address)
    }

    /// Under what the codes that devices of a network address ask for are counted.
    pub fn device_request_index(&self, tenant: &TenantId, address: IpAddr) -> Digest {
        self.counted_as("device request", tenant, address)
    }

    fn counted_as(&self, what: &str, tenant: &TenantId, address: IpAddr) -> Digest {
        let address = self.address_index(tenant, address);
        Digest::from_bytes(keyed(&self.identity, tenant, what, &[address.as_bytes()]))
    }
}
