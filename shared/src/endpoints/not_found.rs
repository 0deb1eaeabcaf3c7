//! What is not there.

use std::sync::Arc;

use super::{Endpoint, page_fault::PageFault, visit};
use crate::{
    pages::ErrorCause,
    ports::{Random, Registry},
    wire::{Request, Response},
};
use async_trait::async_trait;

/// Every path of an issuer that is not an endpoint.
pub struct NotFound {
    /// Tenants.
    pub registry: Arc<dyn Registry>,
    /// For the page's nonce and the id to quote.
    pub random: Arc<dyn Random>,
}

#[async_trait]
impl Endpoint for NotFound {
    /// Answers 404 with the tenant's error page.
    async fn handle(&self, request: Request) -> Response {
        match visit::admit_person(
            &*self.registry,
            &*self.random,
            &request,
            &[request.method().clone()],
        )
        .await
        {
            Ok(tenant) => {
                PageFault::new(ErrorCause::NotFound, "no such path").page(&tenant, &request, &*self.random)
            }
            Err(ended) => ended,
        }
    }
}
