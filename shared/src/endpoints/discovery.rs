//! What an issuer can do, for programs.

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;

use super::{
    Endpoint, cross_origin,
    visit::{READ, admit_even_suspended},
};
use crate::{
    ports::Registry,
    wire::{
        Request, Response,
        metadata::Metadata,
        respond::{self, Caching},
    },
};

/// Provider metadata: `/.well-known/openid-configuration` (Discovery s4) and
/// `/.well-known/oauth-authorization-server` (RFC 8414 s3). One document under both names.
pub struct Discovery {
    /// Tenants.
    pub registry: Arc<dyn Registry>,
}

#[async_trait]
impl Endpoint for Discovery {
    /// Answers `GET`.
    async fn handle(&self, request: Request) -> Response {
        self.answer(&request).await.unwrap_or_else(|ended| ended)
    }
}

impl Discovery {
    async fn answer(&self, request: &Request) -> Result<Response, Response> {
        let tenant = admit_even_suspended(&*self.registry, request, READ).await?;
        let scopes = tenant.scopes.all();
        let document = Metadata::of(&tenant, &scopes);
        Ok(cross_origin::open_to_all(respond::json(
            StatusCode::OK,
            &document,
            Caching::Public,
        )))
    }
}
