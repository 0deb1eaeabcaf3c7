//! Reading an authorization request, wherever it comes from.
//!
//! First which parameters count, then where the answer may go: until both hold, the only error is a page (RFC 6749
//! s4.1.2.1). From then on every error is the partner's to know.

use super::{
    checks::{self, Known, PARAMETERS},
    request_object,
};
use crate::{
    endpoints::{client_call::keys_of, page_fault::PageFault},
    jwt,
    model::{AuthorizationRequest, Client, PushedOrigin, ResponseMode, Tenant},
    pages::ErrorCause,
    ports::{ClientKeys, PortResult, PublicKeys, Unavailable},
    types::{RedirectTarget, Timestamp},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
    },
};

/// How a request came here.
pub(in crate::endpoints) enum Came {
    /// With a browser, in the open.
    ByBrowser,
    /// From the client itself, to be kept (RFC 9126 s2).
    Pushing,
    /// With a browser that named what was pushed.
    Pushed(PushedOrigin),
}

/// What reading a request needs, and whose request it is.
pub(in crate::endpoints) struct Reader<'a> {
    pub(in crate::endpoints) tenant: &'a Tenant,
    pub(in crate::endpoints) client: &'a Client,
    pub(in crate::endpoints) came: Came,
    pub(in crate::endpoints) public_keys: &'a dyn PublicKeys,
    pub(in crate::endpoints) client_keys: &'a dyn ClientKeys,
    pub(in crate::endpoints) now: Timestamp,
}

/// A request that has passed every check.
pub(in crate::endpoints) struct Taken {
    pub(in crate::endpoints) request: AuthorizationRequest,
    /// The parameters that counted. None of them is a credential.
    pub(in crate::endpoints) params: Params,
}

/// A request that has not.
pub(in crate::endpoints) enum Untaken {
    /// It is not proven where an answer may go.
    Nowhere(PageFault),
    /// Its request object cannot be used, and nothing beside it says where to tell so.
    Unreadable(Fault),
    /// It is.
    Answerable {
        target: RedirectTarget,
        state: Option<String>,
        mode: ResponseMode,
        fault: Fault,
    },
}

impl From<PageFault> for Untaken {
    fn from(fault: PageFault) -> Self {
        Self::Nowhere(fault)
    }
}

impl From<Unavailable> for Untaken {
    fn from(cause: Unavailable) -> Self {
        Self::Nowhere(cause.into())
    }
}

impl Untaken {
    /// What a client is told that asks by itself: it needs no page, and no redirect (RFC 9126 s2.3).
    pub(in crate::endpoints) fn fault(self) -> Fault {
        match self {
            Self::Answerable { fault, .. } | Self::Unreadable(fault) => fault,
            Self::Nowhere(page) => match page.cause {
                ErrorCause::TemporarilyUnavailable => Unavailable(page.reason).into(),
                ErrorCause::InvalidRedirectUri => Fault::request("redirect_uri is missing or not registered"),
                _ => Fault::request("the request cannot be read"),
            },
        }
    }
}

impl Reader<'_> {
    /// The checked request.
    pub(in crate::endpoints) async fn read(&self, sent: &Params) -> Result<Taken, Untaken> {
        let signed = self.object_in(sent).is_some();
        let params = match self.counting(sent).await? {
            Ok(params) => params,
            Err(fault) => return Err(self.misstated(sent, fault)),
        };
        let target = checks::redirect_target(&params, self.client)?;
        let state = checks::state(&params)?;
        let hint_keys = match params.get("id_token_hint") {
            Some(_) => jwt::verification_keys(&self.public_keys.hint_keys(&self.tenant.id).await?),
            None => Vec::new(),
        };
        let known = Known {
            tenant: self.tenant,
            client: self.client,
            came: &self.came,
            signed,
            redirect_uri: target.clone(),
            state: state.clone(),
            hint_keys,
        };
        match checks::request(&params, known) {
            Ok(request) => Ok(Taken {
                request,
                params: params.only(&PARAMETERS),
            }),
            Err(fault) => Err(answerable(&params, target, state, fault)),
        }
    }

    /// The request object; what was pushed was read of one then.
    fn object_in<'p>(&self, sent: &'p Params) -> Option<&'p str> {
        match self.came {
            Came::ByBrowser | Came::Pushing => sent.get("request"),
            Came::Pushed(_) => None,
        }
    }

    /// The parameters that count: those of a signed request alone (RFC 9101 s6.3), or else those sent.
    async fn counting(&self, sent: &Params) -> PortResult<Result<Params, Fault>> {
        let Some(object) = self.object_in(sent) else {
            return Ok(Ok(sent.clone()));
        };
        if sent.get("request_uri").is_some() {
            // RFC 9101 s5.
            return Ok(Err(Fault::request("there is more than one request object")));
        }
        if sent.has_repetition() {
            // RFC 6749 s3.1: of what is around the object too, though none of it counts.
            return Ok(Err(Fault::request("a parameter is repeated")));
        }
        let Some(algorithm) = self.client.request_object_algorithm else {
            let why = "this client has registered no request_object_signing_alg";
            return Ok(Err(Fault::new(ErrorCode::RequestNotSupported, why)));
        };
        let keys = keys_of(self.client_keys, self.client, object).await?;
        Ok(request_object::parameters(
            object,
            algorithm,
            &keys,
            self.tenant,
            self.client,
            self.now,
        ))
    }

    /// What of a request object that cannot be used: to a browser, the parameters around it may still say where to
    /// tell so.
    fn misstated(&self, sent: &Params, fault: Fault) -> Untaken {
        if matches!(self.came, Came::Pushing) || sent.get("redirect_uri").is_none() {
            return Untaken::Unreadable(fault);
        }
        match (checks::redirect_target(sent, self.client), checks::state(sent)) {
            (Ok(target), Ok(state)) => answerable(sent, target, state, fault),
            (Err(page), _) | (_, Err(page)) => page.into(),
        }
    }
}

fn answerable(params: &Params, target: RedirectTarget, state: Option<String>, fault: Fault) -> Untaken {
    Untaken::Answerable {
        // One that is not known cannot be used to say so.
        mode: checks::response_mode(params, &target).unwrap_or_default(),
        target,
        state,
        fault,
    }
}
