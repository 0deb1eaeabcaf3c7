//! The keys an issuer signs with, for whoever verifies.

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;

use super::{
    Endpoint, cross_origin,
    refusal::refuse,
    visit::{READ, admit_even_suspended},
};
use crate::{
    jwt,
    ports::{PublicKeys, Random, Registry},
    wire::{
        Request, Response,
        respond::{self, Caching},
    },
};

/// The tenant's public keys (RFC 7517): every key whose tokens may still be alive.
pub struct Jwks {
    /// Tenants.
    pub registry: Arc<dyn Registry>,
    /// Their keys.
    pub public_keys: Arc<dyn PublicKeys>,
    /// Ids of refusals.
    pub random: Arc<dyn Random>,
}

#[async_trait]
impl Endpoint for Jwks {
    /// Answers `GET`.
    async fn handle(&self, request: Request) -> Response {
        self.answer(&request).await.unwrap_or_else(|ended| ended)
    }
}

impl Jwks {
    async fn answer(&self, request: &Request) -> Result<Response, Response> {
        let tenant = admit_even_suspended(&*self.registry, request, READ).await?;
        let keys = self
            .public_keys
            .public_keys(&tenant.id)
            .await
            .map_err(|cause| refuse(&*self.random, &tenant, &cause.into()))?;
        let document = jwt::document(&keys);
        Ok(cross_origin::open_to_all(respond::json(
            StatusCode::OK,
            &document,
            Caching::Public,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key_schedule::{JWKS_MAX_AGE, JWKS_STALE};

    #[test]
    fn a077_keys_wait_for_as_long_as_this_answer_may_be_kept() {
        let answer = respond::json(StatusCode::OK, &(), Caching::Public);
        let said = answer.headers()[http::header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            said,
            format!("public, max-age={JWKS_MAX_AGE}, stale-while-revalidate={JWKS_STALE}")
        );
    }
}
