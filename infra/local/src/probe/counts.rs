use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Port;

/// Kinds of calls that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    Read,
    Write,
    Signature,
    Message,
    /// A message that only takes the time of one.
    Decoy,
    Member,
}

impl Call {
    pub(super) const fn port(self) -> Port {
        match self {
            Self::Read | Self::Write => Port::Store,
            Self::Signature => Port::Signer,
            Self::Message | Self::Decoy => Port::Sms,
            Self::Member => Port::Members,
        }
    }
}

/// What one endpoint has asked of the world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EndpointCounts {
    /// Reads of stored items, the brand's member records among them.
    pub store_reads: u64,
    /// Conditional writes, whether or not their condition held.
    pub store_writes: u64,
    /// Signatures.
    pub signatures: u64,
    /// Text messages; a decoy is none.
    pub messages: u64,
    /// Member records read.
    pub member_lookups: u64,
}

impl EndpointCounts {
    const fn count(&mut self, call: Call) {
        match call {
            Call::Read => self.store_reads += 1,
            Call::Write => self.store_writes += 1,
            Call::Signature => self.signatures += 1,
            Call::Message => self.messages += 1,
            Call::Decoy => {}
            // The brand's records are a table too, and cost what a read costs.
            Call::Member => {
                self.member_lookups += 1;
                self.store_reads += 1;
            }
        }
    }
}

/// Counts by endpoint. Serialises to a map of endpoints, and `total`.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    by_endpoint: BTreeMap<&'static str, EndpointCounts>,
    total: EndpointCounts,
}

impl Counts {
    pub(super) fn count(&mut self, endpoint: &'static str, call: Call) {
        self.by_endpoint.entry(endpoint).or_default().count(call);
        self.total.count(call);
    }

    /// The counts of one endpoint.
    pub fn of(&self, endpoint: &str) -> EndpointCounts {
        self.by_endpoint.get(endpoint).copied().unwrap_or_default()
    }

    /// The counts of all endpoints together.
    pub const fn total(&self) -> EndpointCounts {
        self.total
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.by_endpoint.len() + 1))?;
        for (endpoint, counts) in &self.by_endpoint {
            map.serialize_entry(endpoint, counts)?;
        }
        map.serialize_entry("total", &self.total)?;
        map.end()
    }
}
