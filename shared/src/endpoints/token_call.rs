//! What a client calls with an access token: where in the request the token is, and what a refused caller is told.

use http::{HeaderMap, Method, StatusCode, header};

use super::{refusal::refuse, visit};
use crate::{
    model::Tenant,
    ports::Random,
    wire::{
        Request, Response,
        error::{ErrorCode, Fault},
        metadata::PROOF_ALGORITHMS,
        params::Params,
        respond,
    },
};

/// How a token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// RFC 6750: whoever has it may use it.
    Bearer,
    /// RFC 9449 s7.1: together with a proof.
    Dpop,
}

/// What the request presents.
pub(super) enum Presented {
    Absent,
    Token(Scheme, String),
}

/// The one place the token is in (RFC 6750 s2). The address is not one of them.
pub(super) fn presented(request: &Request) -> Result<Presented, Fault> {
    let in_query = visit::query(request).map_err(|_| Fault::request("the query is malformed"))?;
    if in_query.get("access_token").is_some() {
        return Err(Fault::request(
            "the access token belongs into the Authorization header",
        ));
    }
    let in_body = if request.method() == Method::POST && visit::is_form(request) {
        let form = Params::parse(request.body()).map_err(|_| Fault::request("the body is malformed"))?;
        if form.is_repeated("access_token") {
            return Err(Fault::request("more than one access token"));
        }
        form.get("access_token").map(str::to_owned)
    } else {
        None
    };
    match (in_header(request.headers())?, in_body) {
        (Some(_), Some(_)) => Err(Fault::request("more than one access token")),
        (Some((scheme, token)), None) => Ok(Presented::Token(scheme, token)),
        (None, Some(token)) => Ok(Presented::Token(Scheme::Bearer, token)),
        (None, None) => Ok(Presented::Absent),
    }
}

fn in_header(headers: &HeaderMap) -> Result<Option<(Scheme, String)>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Fault::request("more than one Authorization header"));
    }
    let (name, token) = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .unwrap_or_default();
    let scheme = [Scheme::Bearer, Scheme::Dpop]
        .into_iter()
        .find(|scheme| name.eq_ignore_ascii_case(scheme.name()));
    let token = token.trim();
    Ok(scheme
        .filter(|_| !token.is_empty())
        .map(|scheme| (scheme, token.to_owned())))
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }

    /// Its challenge. One that was not tried has no error to name (RFC 6750 s3).
    fn challenge(self, fault: Option<&Fault>) -> String {
        let error = fault.map(|fault| {
            let (code, description) = (fault.code.name(), fault.description);
            format!("error=\"{code}\", error_description=\"{description}\"")
        });
        let algorithms = (self == Self::Dpop).then(|| format!("algs=\"{}\"", PROOF_ALGORITHMS.join(" ")));
        let parameters: Vec<_> = error.into_iter().chain(algorithms).collect();
        format!("{} {}", self.name(), parameters.join(", "))
            .trim_end()
            .to_owned()
    }
}

/// Without a token: both ways to present one.
pub(super) fn unauthenticated() -> Response {
    let mut response = respond::empty(StatusCode::UNAUTHORIZED);
    challenge(&mut response, Scheme::Bearer, None);
    response
}

/// A refused token, proof or request. The scheme that was tried says why, and comes first.
pub(super) fn refusal(random: &dyn Random, tenant: &Tenant, scheme: Scheme, fault: &Fault) -> Response {
    let mut response = refuse(random, tenant, fault);
    if fault.code.status().is_server_error() {
        return response;
    }
    if matches!(fault.code, ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce) {
        // RFC 9449 s7.1, s9: a bad request at the token endpoint is a failed authentication here.
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    challenge(&mut response, scheme, Some(fault));
    response
}

fn challenge(response: &mut Response, tried: Scheme, fault: Option<&Fault>) {
    let other = match tried {
        Scheme::Bearer => Scheme::Dpop,
        Scheme::Dpop => Scheme::Bearer,
    };
    // A line each: many readers take only the first.
    respond::add(response, header::WWW_AUTHENTICATE, &tried.challenge(fault));
    respond::add(response, header::WWW_AUTHENTICATE, &other.challenge(None));
}
