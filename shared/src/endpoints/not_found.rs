use std::sync::Arc;

use super::{page_fault::PageFault, screen::Screen, visit};
use crate::{
    pages::ErrorCause,
    ports::{Random, Registry},
    wire::{Request, Response},
};

/// Every path of an issuer that is not an endpoint.
pub struct NotFound {
    /// Tenants.
    pub registry: Arc<dyn Registry>,
    /// For the page's nonce and the id to quote.
    pub random: Arc<dyn Random>,
}

impl NotFound {
    /// Answers 404 with the tenant's error page.
    pub async fn handle(&self, request: Request) -> Response {
        match visit::admit(&*self.registry, &request).await {
            Ok(tenant) => {
                let locale = visit::locale(&tenant, request.headers(), None);
                let fault = PageFault::new(ErrorCause::NotFound, "no such path");
                Screen::new(&tenant, locale, &*self.random).error(&fault, None)
            }
            Err(ended) => ended,
        }
    }
}
