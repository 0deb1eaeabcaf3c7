//! The keys clients publish. Until the provider has a way out, none can be had.

use async_trait::async_trait;
use symbolon::ports::{ClientKeys, Jwk, PortResult, Unavailable};

/// Reaches nobody.
#[derive(Debug)]
pub(crate) struct NoWayOut;

#[async_trait]
impl ClientKeys for NoWayOut {
    async fn published_at(&self, _: &str, _: Option<&str>) -> PortResult<Vec<Jwk>> {
        Err(Unavailable("jwks_uri is out of reach".to_owned()))
    }
}
