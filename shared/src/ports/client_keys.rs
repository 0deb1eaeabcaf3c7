use async_trait::async_trait;
pub use jsonwebtoken::jwk::Jwk;

use super::PortResult;

/// The keys a client publishes at its `jwks_uri` (Core s10.1.1).
#[async_trait]
pub trait ClientKeys: Send + Sync {
    /// The keys published there. Adapters cache them; a `kid` they have not seen makes them look again, but not more
    /// often than once a minute. Empty if the address was refused or nothing usable is there.
    async fn published_at(&self, jwks_uri: &str, kid: Option<&str>) -> PortResult<Vec<Jwk>>;
}
