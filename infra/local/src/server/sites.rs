//! Whose request it is: the one table of hosts.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
};

use axum::Router;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use symbolon::{
    config::Configuration,
    wire::{ClientAddress, respond},
};
use tower::ServiceExt;

use crate::{dev::Development, provider::Provider, routes::Route};

/// An answer being made.
pub(super) type Answer = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;

/// Everything that is served, by host.
pub(super) struct Sites {
    provider: Arc<Provider>,
    issuers: HashSet<String>,
    partners: HashMap<String, (&'static str, Router)>,
    development: Arc<Development>,
}

/// Who answers requests for one host.
pub(super) enum Site {
    Issuer(Arc<Provider>),
    Partner(&'static str, Router),
    Development(Arc<Development>),
}

impl Sites {
    pub(super) fn new(
        provider: Provider,
        configuration: &Configuration,
        partners: Vec<partners::demo::Site>,
        development: Development,
    ) -> Self {
        let issuers = configuration
            .tenants
            .iter()
            .map(|(tenant, _)| tenant.issuer.authority().to_owned());
        Self {
            provider: Arc::new(provider),
            issuers: issuers.collect(),
            partners: partners
                .into_iter()
                .map(|p| (p.authority, (p.name, p.router)))
                .collect(),
            development: Arc::new(development),
        }
    }

    /// The site of a host. Issuers and partners are known with their port; the start page under any, because it is
    /// what one looks for when a port is forwarded.
    pub(super) fn of(&self, authority: &str) -> Option<Site> {
        if self.issuers.contains(authority) {
            return Some(Site::Issuer(Arc::clone(&self.provider)));
        }
        if let Some((name, router)) = self.partners.get(authority) {
            return Some(Site::Partner(name, router.clone()));
        }
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        matches!(host, "localhost" | "127.0.0.1" | "[::1]")
            .then(|| Site::Development(Arc::clone(&self.development)))
    }
}

impl Site {
    /// Its name in counts and logs, and the answer to be awaited.
    pub(super) fn answer(self, peer: IpAddr, mut request: Request<Bytes>) -> (&'static str, Answer) {
        match self {
            Self::Issuer(provider) => {
                let endpoint = Route::of(request.uri().path());
                // The connection's own address: headers that claim another are the client's word.
                request.extensions_mut().insert(ClientAddress(peer));
                (
                    endpoint.name(),
                    Box::pin(async move { provider.handle(endpoint, request).await }),
                )
            }
            Self::Partner(name, router) => (name, Box::pin(partner(router, request))),
            Self::Development(development) => {
                if request.method() == Method::HEAD {
                    // RFC 9110 s9.3.2: as GET; the connection leaves the body out.
                    *request.method_mut() = Method::GET;
                }
                (
                    "development",
                    Box::pin(async move { development.handle(peer, &request).await }),
                )
            }
        }
    }
}

/// Calls a partner app as the web server in front of it would.
async fn partner(router: Router, request: Request<Bytes>) -> Response<Bytes> {
    let answer = match router.oneshot(request.map(axum::body::Body::from)).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let (head, body) = answer.into_parts();
    match axum::body::to_bytes(body, 4 * 1024 * 1024).await {
        Ok(body) => Response::from_parts(head, body),
        Err(_) => respond::text(
            StatusCode::BAD_GATEWAY,
            "the partner app's answer could not be read\n",
        ),
    }
}
