//! The checks of an authorization request, in the order they must run: whoever [reads](super::reader) one runs them all.

use super::{
    claims::{self, Named},
    reader::Came,
};
use crate::{
    endpoints::{page_fault::PageFault, resource},
    jwt::{self, VerificationKey},
    model::{AuthorizationRequest, ClaimsRequest, Client, GrantType, Pkce, Prompt, ResponseMode, Tenant},
    pages::ErrorCause,
    types::{CodeChallenge, JwkThumbprint, PhoneNumber, RedirectTarget, Scope, ScopeSet},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
    },
};

/// What a request is read for. Anything else is ignored (RFC 6749 s3.1), and left behind when a POST becomes a GET.
pub(super) const PARAMETERS: [&str; 21] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "claims",
    "acr_values",
    "request",
    "request_uri",
    "registration",
    "resource",
];

/// Longest `state` that is echoed at all.
const MAX_STATE: usize = 2_048;
/// Longest value of any other parameter that is not [`LONG`]. None needs as much.
const MAX_VALUE: usize = 2_048;
/// What has a form, and a limit, of its own.
const LONG: [&str; 4] = ["redirect_uri", "id_token_hint", "claims", "request"];
/// Largest request as it is kept in the cookie, scopes counted twice because the question repeats them. Leaves room
/// for every later stage.
const MAX_KEPT: usize = 2_200;

/// What the checks hold a request against.
pub(super) struct Known<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) client: &'a Client,
    pub(super) came: &'a Came,
    /// Whether its client signed it.
    pub(super) signed: bool,
    pub(super) redirect_uri: RedirectTarget,
    pub(super) state: Option<String>,
    /// What an `id_token_hint` is verified with.
    pub(super) hint_keys: Vec<VerificationKey>,
}

pub(super) fn redirect_target(params: &Params, client: &Client) -> Result<RedirectTarget, PageFault> {
    if params.is_repeated("redirect_uri") {
        return Err(PageFault::new(
            ErrorCause::InvalidRequest,
            "redirect_uri is repeated",
        ));
    }
    let fault = |why: &str| {
        PageFault::new(
            ErrorCause::InvalidRedirectUri,
            format!("{why} (client {})", client.id),
        )
    };
    let requested = params
        .get("redirect_uri")
        .ok_or_else(|| fault("redirect_uri is missing"))?;
    client
        .redirect_target(requested)
        .ok_or_else(|| fault("redirect_uri is not registered"))
}

/// `state` comes back unchanged or not at all, so one that cannot be kept ends here.
pub(super) fn state(params: &Params) -> Result<Option<String>, PageFault> {
    match params.get("state") {
        Some(state) if state.len() > MAX_STATE => Err(PageFault::new(
            ErrorCause::InvalidRequest,
            "state is longer than 2,048 bytes",
        )),
        // A repeated state is refused below, without guessing which of the two was meant.
        state => Ok(state.filter(|_| !params.is_repeated("state")).map(str::to_owned)),
    }
}

pub(super) fn request(params: &Params, known: Known<'_>) -> Result<AuthorizationRequest, Fault> {
    let Known {
        tenant,
        client,
        came,
        signed,
        redirect_uri,
        state,
        hint_keys,
    } = known;
    no_repetition(params)?;
    nothing_too_long(params)?;
    nothing_unsupported(params)?;
    came_as_registered(tenant, client, came, signed)?;
    response_type(params)?;
    let response_mode = response_mode(params, &redirect_uri)?;
    let scope = scope(params, tenant, client)?;
    let Named { claims, subject } = claims::named(params)?;
    let hinted = id_token_hint(params, tenant, client, &hint_keys)?;
    fits(AuthorizationRequest {
        client: client.id.clone(),
        redirect_uri,
        state,
        nonce: params.get("nonce").map(str::to_owned),
        challenge: pkce(params, client)?,
        prompt: prompt(params)?,
        max_age: max_age(params)?.or(client.default_max_age),
        subject_hint: the_one_subject(hinted, subject)?,
        login_hint: login_hint(params, tenant),
        response_mode,
        resources: resource::requested(params, tenant, &scope)?,
        // Without `openid` there is neither an ID token nor userinfo to put them in.
        claims: if scope.contains(Scope::OPENID) {
            claims.within(&client.scopes)
        } else {
            ClaimsRequest::default()
        },
        scope,
        dpop_jkt: dpop_jkt(params)?,
        pushed: match came {
            Came::Pushed(origin) => Some(*origin),
            Came::ByBrowser | Came::Pushing => None,
        },
    })
}

/// `id_token_hint` and a `sub` asked for by value must mean the same member.
fn the_one_subject(hinted: Option<String>, named: Option<String>) -> Result<Option<String>, Fault> {
    match (hinted, named) {
        (Some(hinted), Some(named)) if hinted != named => {
            Err(Fault::request("id_token_hint and claims name different members"))
        }
        (hinted, named) => Ok(hinted.or(named)),
    }
}

/// A request travels in a cookie; one that would not fit at a later step is refused at the first.
fn fits(request: AuthorizationRequest) -> Result<AuthorizationRequest, Fault> {
    let kept = serde_json::to_vec(&request).map_or(usize::MAX, |json| json.len());
    let repeated = request.scope.to_string().len();
    if kept.saturating_add(repeated) > MAX_KEPT {
        return Err(Fault::request(
            "the request is too large; shorten state, nonce or scope",
        ));
    }
    Ok(request)
}

fn no_repetition(params: &Params) -> Result<(), Fault> {
    if params.has_repetition() {
        Err(Fault::request("a parameter is sent more than once"))
    } else {
        Ok(())
    }
}

/// Even what is not kept is carried along, in an address or in the store.
fn nothing_too_long(params: &Params) -> Result<(), Fault> {
    let too_long = |name: &&str| params.all(name).any(|value| value.len() > MAX_VALUE);
    if PARAMETERS
        .iter()
        .filter(|name| !LONG.contains(name))
        .any(too_long)
    {
        Err(Fault::request("a parameter is longer than 2,048 bytes"))
    } else {
        Ok(())
    }
}

/// Core s3.1.2.6: what is not supported is said to be so, never ignored. A `request_uri` of another's making would
/// make this server a client of whoever names it; it is never fetched.
fn nothing_unsupported(params: &Params) -> Result<(), Fault> {
    let sent = |name: &str| params.get(name).is_some();
    if sent("request_uri") {
        Err(Fault::new(
            ErrorCode::RequestUriNotSupported,
            "only a request_uri of a pushed request is supported",
        ))
    } else if sent("registration") {
        Err(Fault::new(
            ErrorCode::RegistrationNotSupported,
            "the registration parameter is not supported",
        ))
    } else {
        Ok(())
    }
}

/// RFC 9126 s5 and s6, RFC 9101 s10.5. What was pushed has been held to its own side of this then.
fn came_as_registered(tenant: &Tenant, client: &Client, came: &Came, signed: bool) -> Result<(), Fault> {
    let pushed = tenant.requires_pushed_requests || client.requires_pushed_requests;
    match came {
        Came::ByBrowser if pushed => Err(Fault::request("the request must be pushed (RFC 9126)")),
        Came::ByBrowser | Came::Pushing if client.requires_signed_request && !signed => {
            Err(Fault::request("the request must be signed (RFC 9101)"))
        }
        _ => Ok(()),
    }
}

fn response_type(params: &Params) -> Result<(), Fault> {
    match params.get("response_type") {
        Some("code") => Ok(()),
        Some(_) => Err(Fault::new(
            ErrorCode::UnsupportedResponseType,
            "response_type must be code",
        )),
        None => Err(Fault::request("response_type is missing")),
    }
}

/// A form is posted to a web address; a private scheme takes none.
pub(super) fn response_mode(params: &Params, target: &RedirectTarget) -> Result<ResponseMode, Fault> {
    match params.get("response_mode") {
        None | Some("query") => Ok(ResponseMode::Query),
        Some("form_post") if target.is_web() => Ok(ResponseMode::FormPost),
        Some("form_post") => Err(Fault::request("response_mode form_post needs a web address")),
        Some(_) => Err(Fault::request("response_mode must be query or form_post")),
    }
}

/// What is asked, known here and allowed to this client. The rest is dropped, and the token answer says `scope`.
pub(in crate::endpoints) fn scope(
    params: &Params,
    tenant: &Tenant,
    client: &Client,
) -> Result<ScopeSet, Fault> {
    let invalid = |why| Fault::new(ErrorCode::InvalidScope, why);
    let asked = params.get("scope").ok_or_else(|| invalid("scope is missing"))?;
    let asked =
        ScopeSet::parse(asked).ok_or_else(|| invalid("scope is malformed or has more than 50 values"))?;
    let offline = Scope::parse(Scope::OFFLINE_ACCESS).filter(|_| !client.may(GrantType::RefreshToken));
    let granted = asked
        .intersection(&tenant.scopes.all())
        .intersection(&client.scopes)
        .difference(&offline.into_iter().collect());
    if granted.is_empty() {
        Err(invalid("no requested scope is available to this client"))
    } else {
        Ok(granted)
    }
}

fn pkce(params: &Params, client: &Client) -> Result<Option<CodeChallenge>, Fault> {
    let method = params.get("code_challenge_method");
    match params.get("code_challenge") {
        Some(challenge) => CodeChallenge::parse(challenge, method)
            .map(Some)
            .map_err(|_| Fault::request("code_challenge must be 43 base64url characters with method S256")),
        None if method.is_some() => Err(Fault::request("code_challenge_method without code_challenge")),
        None if client.is_public() || client.pkce == Pkce::Required => {
            Err(Fault::request("code_challenge is required (RFC 7636)"))
        }
        None => Ok(None),
    }
}

/// The key the code will be bound to (RFC 9449 s10).
fn dpop_jkt(params: &Params) -> Result<Option<JwkThumbprint>, Fault> {
    let malformed = Fault::request("dpop_jkt must be a SHA-256 thumbprint in base64url");
    params
        .get("dpop_jkt")
        .map(|text| JwkThumbprint::parse(text).ok_or(malformed))
        .transpose()
}

fn prompt(params: &Params) -> Result<Prompt, Fault> {
    let (mut login, mut consent, mut select_account, mut none) = (false, false, false, false);
    for value in params
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|v| !v.is_empty())
    {
        match value {
            "login" => login = true,
            "consent" => consent = true,
            "select_account" => select_account = true,
            "none" => none = true,
            _ => return Err(Fault::request("prompt has an unknown value")),
        }
    }
    match (none, login || consent || select_account) {
        (true, true) => Err(Fault::request("prompt=none stands alone")),
        (true, false) => Ok(Prompt::None),
        (false, _) => Ok(Prompt::Interactive {
            login,
            consent,
            select_account,
        }),
    }
}

fn max_age(params: &Params) -> Result<Option<u64>, Fault> {
    let digits = |v: &&str| v.bytes().all(|b| b.is_ascii_digit());
    match params.get("max_age") {
        None => Ok(None),
        Some(text) => Some(text)
            .filter(digits)
            .and_then(|v| v.parse().ok())
            .map(Some)
            .ok_or(Fault::request("max_age must be a number of seconds")),
    }
}

/// The `sub` of a token this issuer gave to this client, however old (Core s3.1.2.1).
fn id_token_hint(
    params: &Params,
    tenant: &Tenant,
    client: &Client,
    keys: &[VerificationKey],
) -> Result<Option<String>, Fault> {
    let Some(token) = params.get("id_token_hint") else {
        return Ok(None);
    };
    jwt::read_id_token_hint(token, tenant.issuer.as_str(), keys)
        .filter(|hint| hint.aud == client.id.as_str())
        .map(|hint| Some(hint.sub))
        .ok_or(Fault::request(
            "id_token_hint is not an ID token of this issuer for this client",
        ))
}

/// A number to prefill. One that cannot be read is no error (assertion 31).
fn login_hint(params: &Params, tenant: &Tenant) -> Option<PhoneNumber> {
    PhoneNumber::parse(
        params.get("login_hint")?,
        tenant.default_country(),
        &tenant.countries,
    )
    .ok()
}
