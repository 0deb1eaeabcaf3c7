//! What the identity provider says about itself, learnt when first needed and kept for a while.

use std::{error::Error, sync::Arc};

use openidconnect::{
    ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpClientError, HttpRequest,
    HttpResponse, IssuerUrl, ProviderMetadataWithLogout, RedirectUrl, core::CoreClient,
};
use tokio::sync::Mutex;

use crate::{Clock, SettingsError};

pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Discovery and keys are read again after this long.
const LIFETIME: u64 = 600;
/// Something that does not verify makes us read them again at most this often.
const REFETCH_PAUSE: u64 = 10;

/// Why a step of the protocol did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The provider cannot be reached or answers nonsense. Worth another try.
    Unavailable,
    /// `invalid_grant`: the code or the refresh token is no longer good.
    InvalidGrant,
    /// The answer came, and it does not hold: signature, issuer, audience, nonce or time.
    Untrusted,
}

/// A provider's metadata with a client configured by it.
pub(crate) struct Discovered {
    pub(crate) metadata: ProviderMetadataWithLogout,
    pub(crate) client: Client,
    at: u64,
}

pub(crate) struct Provider {
    pub(crate) issuer: IssuerUrl,
    pub(crate) client_id: ClientId,
    secret: Option<ClientSecret>,
    redirect_uri: RedirectUrl,
    http: reqwest::Client,
    clock: Clock,
    discovered: Mutex<Option<Arc<Discovered>>>,
}

impl Provider {
    pub(crate) fn new(
        issuer: &str,
        client_id: &str,
        secret: Option<ClientSecret>,
        redirect_uri: &str,
        http: reqwest::Client,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(|error| SettingsError::new("issuer", error))?,
            client_id: ClientId::new(client_id.to_owned()),
            secret,
            redirect_uri: RedirectUrl::new(redirect_uri.to_owned())
                .map_err(|error| SettingsError::new("redirect_uri", error))?,
            http,
            clock,
            discovered: Mutex::default(),
        })
    }

    pub(crate) async fn current(&self) -> Result<Arc<Discovered>, Failure> {
        self.discover(LIFETIME).await
    }

    /// Read again, unless that was done a moment ago.
    pub(crate) async fn newer(&self) -> Result<Arc<Discovered>, Failure> {
        self.discover(REFETCH_PAUSE).await
    }

    /// The provider's own words, at most `lifetime` old. Lazy, because the provider may start after us; a failure is
    /// not remembered, so the next visitor tries again.
    async fn discover(&self, lifetime: u64) -> Result<Arc<Discovered>, Failure> {
        let mut cached = self.discovered.lock().await;
        let now = (self.clock)();
        if let Some(fresh) = cached
            .as_ref()
            .filter(|found| now.saturating_sub(found.at) < lifetime)
        {
            return Ok(Arc::clone(fresh));
        }
        let http = |request| send(self.http.clone(), request);
        let found = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &http).await;
        let metadata = match (found, cached.as_ref()) {
            (Ok(metadata), _) => metadata,
            // What was true ten minutes ago is better than no sign-in.
            (Err(error), Some(stale)) => {
                tracing::warn!(%error, "discovery failed; using what is known");
                return Ok(Arc::clone(stale));
            }
            (Err(error), None) => return Err(unavailable(&error)),
        };
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), self.secret.clone())
                .set_redirect_uri(self.redirect_uri.clone());
        Ok(Arc::clone(cached.insert(Arc::new(Discovered {
            metadata,
            client,
            at: now,
        }))))
    }
}

/// The transport for the protocol library, which brings none that fits our HTTP client.
pub(crate) async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, HttpClientError<reqwest::Error>> {
    let request = reqwest::Request::try_from(request).map_err(Box::new)?;
    let answer = http.execute(request).await;
    let answer = answer.inspect_err(|error| tracing::warn!(%error, source = error.source(), "no answer"));
    let answer = answer.map_err(Box::new)?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await.map_err(Box::new)?.to_vec();
    Ok(response)
}

pub(crate) fn unavailable(error: &dyn Error) -> Failure {
    // Not its source: a parse error may quote what it read, and that may be a token.
    tracing::warn!(%error, "identity provider call failed");
    Failure::Unavailable
}
