//! The token endpoint (RFC 6749 s3.2). What one grant type needs alone is in a file named after it; what all
//! share (who the client is, how tokens are made) is in one place each.

mod authorization_code;
mod client_credentials;
mod device_code;
mod first_tokens;
mod issue;
mod refresh_token;
mod token_exchange;

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;

pub(super) use self::refresh_token::Sealed as RefreshToken;
use super::{
    Endpoint,
    client_call::{AuthenticatedClient, ClientGate},
    dpop,
};
use crate::{
    keyring::Keyring,
    model::{GrantType, Tenant},
    ports::{
        Assertions, ClientKeys, Clock, Codes, DeviceRequests, Grants, Members, Random, RefreshFamilies,
        Registry, Signer,
    },
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        metadata::path,
        params::Params,
        respond::{self, Caching},
        token_response::Granted,
    },
};

/// `/oauth2/token`: `POST` of a form.
pub struct Token {
    /// Tenants and clients.
    pub registry: Arc<dyn Registry>,
    /// Authorization codes.
    pub codes: Arc<dyn Codes>,
    /// Requests of devices.
    pub devices: Arc<dyn DeviceRequests>,
    /// Refresh tokens.
    pub families: Arc<dyn RefreshFamilies>,
    /// The consent every token rests on.
    pub grants: Arc<dyn Grants>,
    /// Whether the member may still be signed in.
    pub members: Arc<dyn Members>,
    /// `jti` of client assertions and of proofs.
    pub assertions: Arc<dyn Assertions>,
    /// What clients publish at their `jwks_uri`.
    pub client_keys: Arc<dyn ClientKeys>,
    /// Signatures.
    pub signer: Arc<dyn Signer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Token ids.
    pub random: Arc<dyn Random>,
    /// Sealed contents of refresh and access tokens, `sub`.
    pub keyring: Arc<Keyring>,
}

#[async_trait]
impl Endpoint for Token {
    /// Answers with tokens or with an error as JSON, never with a page.
    async fn handle(&self, request: Request) -> Response {
        let gate = self.gate();
        let call = match gate.open(&request).await {
            Ok(call) => call,
            Err(ended) => return ended,
        };
        let tokens = self.tokens(&call.tenant, &call.client, &call.form).await;
        gate.close(
            &call,
            tokens.map(|tokens| respond::json(StatusCode::OK, &tokens, Caching::NoStore)),
        )
    }
}

impl Token {
    fn gate(&self) -> ClientGate<'_> {
        ClientGate {
            registry: &*self.registry,
            assertions: &*self.assertions,
            client_keys: &*self.client_keys,
            keyring: &self.keyring,
            clock: &*self.clock,
            random: &*self.random,
            takes_scripts: true,
            takes_proofs_at: Some(path::TOKEN),
        }
    }

    async fn tokens(
        &self,
        tenant: &Tenant,
        client: &AuthenticatedClient,
        form: &Params,
    ) -> Result<Granted, Fault> {
        if client.requires_dpop && client.key().is_none() {
            return Err(dpop::invalid("this client must send a proof"));
        }
        let grant_type = match form.get("grant_type") {
            Some("authorization_code") => GrantType::AuthorizationCode,
            Some("refresh_token") => GrantType::RefreshToken,
            Some("client_credentials") => GrantType::ClientCredentials,
            Some("urn:ietf:params:oauth:grant-type:device_code") => GrantType::DeviceCode,
            Some("urn:ietf:params:oauth:grant-type:token-exchange") => GrantType::TokenExchange,
            Some(_) => {
                return Err(Fault::new(
                    ErrorCode::UnsupportedGrantType,
                    "grant_type is not supported",
                ));
            }
            None => return Err(Fault::request("grant_type is missing")),
        };
        if !client.may(grant_type) {
            return Err(Fault::new(
                ErrorCode::UnauthorizedClient,
                "this client may not use this grant_type",
            ));
        }
        let tokens = match grant_type {
            GrantType::AuthorizationCode => self.authorization_code(tenant, client, form).await,
            GrantType::RefreshToken => self.refresh_token(tenant, client, form).await,
            GrantType::ClientCredentials => self.client_credentials(tenant, client, form).await,
            GrantType::DeviceCode => self.device_code(tenant, client, form).await,
            GrantType::TokenExchange => {
                let transfer = self.token_exchange(tenant, client, form).await?;
                return Ok(Granted::Transfer(transfer));
            }
        };
        Ok(Granted::Tokens(tokens?))
    }
}
