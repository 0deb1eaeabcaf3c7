//! OAuth errors: one closed list of codes, the status of each in one table, public text fixed, reasons private.

use http::StatusCode;

/// An `error` value (RFC 6749 s4.1.2.1 and s5.2, RFC 6750 s3.1, RFC 8628 s3.5, RFC 8707 s2, RFC 9449 s12.2, Core
/// s3.1.2.6, Unmet
/// Authentication Requirements 1.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named and defined by the clauses above")]
pub enum ErrorCode {
    AccessDenied,
    AuthorizationPending,
    ConsentRequired,
    ExpiredToken,
    InsufficientScope,
    InvalidClient,
    InvalidDpopProof,
    InvalidGrant,
    InvalidRequest,
    InvalidRequestObject,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    LoginRequired,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    ServerError,
    SlowDown,
    TemporarilyUnavailable,
    UnauthorizedClient,
    UnmetAuthenticationRequirements,
    UnsupportedGrantType,
    UnsupportedResponseType,
    UseDpopNonce,
}

impl ErrorCode {
    /// The value on the wire.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The status when it is answered as JSON.
    pub const fn status(self) -> StatusCode {
        self.row().1
    }

    const fn row(self) -> (&'static str, StatusCode) {
        match self {
            Self::AccessDenied => ("access_denied", StatusCode::BAD_REQUEST),
            Self::AuthorizationPending => ("authorization_pending", StatusCode::BAD_REQUEST),
            Self::ConsentRequired => ("consent_required", StatusCode::BAD_REQUEST),
            Self::ExpiredToken => ("expired_token", StatusCode::BAD_REQUEST),
            Self::InsufficientScope => ("insufficient_scope", StatusCode::FORBIDDEN),
            Self::InvalidClient => ("invalid_client", StatusCode::UNAUTHORIZED),
            Self::InvalidDpopProof => ("invalid_dpop_proof", StatusCode::BAD_REQUEST),
            Self::InvalidGrant => ("invalid_grant", StatusCode::BAD_REQUEST),
            Self::InvalidRequest => ("invalid_request", StatusCode::BAD_REQUEST),
            Self::InvalidRequestObject => ("invalid_request_object", StatusCode::BAD_REQUEST),
            Self::InvalidScope => ("invalid_scope", StatusCode::BAD_REQUEST),
            Self::InvalidTarget => ("invalid_target", StatusCode::BAD_REQUEST),
            Self::InvalidToken => ("invalid_token", StatusCode::UNAUTHORIZED),
            Self::LoginRequired => ("login_required", StatusCode::BAD_REQUEST),
            Self::RegistrationNotSupported => ("registration_not_supported", StatusCode::BAD_REQUEST),
            Self::RequestNotSupported => ("request_not_supported", StatusCode::BAD_REQUEST),
            Self::RequestUriNotSupported => ("request_uri_not_supported", StatusCode::BAD_REQUEST),
            Self::ServerError => ("server_error", StatusCode::INTERNAL_SERVER_ERROR),
            Self::SlowDown => ("slow_down", StatusCode::BAD_REQUEST),
            Self::TemporarilyUnavailable => ("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Self::UnauthorizedClient => ("unauthorized_client", StatusCode::BAD_REQUEST),
            Self::UnmetAuthenticationRequirements => {
                ("unmet_authentication_requirements", StatusCode::BAD_REQUEST)
            }
            Self::UnsupportedGrantType => ("unsupported_grant_type", StatusCode::BAD_REQUEST),
            Self::UnsupportedResponseType => ("unsupported_response_type", StatusCode::BAD_REQUEST),
            Self::UseDpopNonce => ("use_dpop_nonce", StatusCode::BAD_REQUEST),
        }
    }
}

/// An error on its way to a client: the code, a fixed public sentence, and what the log should say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The wire code.
    pub code: ErrorCode,
    /// `error_description`: printable ASCII without `"` and `\`, nothing of the input in it.
    pub description: &'static str,
    /// For the log only; holds no secret.
    pub reason: Option<String>,
}

impl Fault {
    /// An error whose public sentence says it all.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self {
            code,
            description,
            reason: None,
        }
    }

    /// `invalid_request`.
    pub const fn request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// `invalid_grant`.
    pub const fn grant(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// `invalid_client`, in one wording for every cause (assertion 52).
    pub fn client(reason: impl Into<String>) -> Self {
        let description = "client authentication failed";
        Self {
            code: ErrorCode::InvalidClient,
            description,
            reason: Some(reason.into()),
        }
    }

    /// `server_error`.
    pub fn server(reason: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::ServerError,
            description: "something went wrong here",
            reason: Some(reason.into()),
        }
    }
}

impl From<crate::ports::Unavailable> for Fault {
    fn from(cause: crate::ports::Unavailable) -> Self {
        let description = "a part of this service does not answer; try again shortly";
        Self {
            code: ErrorCode::TemporarilyUnavailable,
            description,
            reason: Some(cause.0),
        }
    }
}
