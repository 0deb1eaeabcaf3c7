//! Which endpoint a path belongs to: the one routing table of every issuer's host.

use symbolon::wire::metadata::path;

/// The endpoint that a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the struct of its name in `symbolon::endpoints`"
)]
pub enum Route {
    Authorize,
    Login,
    Consent,
    Par,
    Device,
    DeviceAuthorization,
    Token,
    Revoke,
    Introspect,
    Userinfo,
    Discovery,
    Jwks,
    Logout,
    Transfer,
    Account,
    NotFound,
}

/// Every path of an issuer. The same on every issuer's host.
const ROUTES: [(&str, Route); 18] = [
    (path::AUTHORIZE, Route::Authorize),
    (path::LOGIN, Route::Login),
    (path::CONSENT, Route::Consent),
    (path::PAR, Route::Par),
    (path::DEVICE, Route::Device),
    (path::DEVICE_AUTHORIZATION, Route::DeviceAuthorization),
    (path::TOKEN, Route::Token),
    (path::REVOKE, Route::Revoke),
    (path::INTROSPECT, Route::Introspect),
    (path::USERINFO, Route::Userinfo),
    (path::OPENID_CONFIGURATION, Route::Discovery),
    (path::AUTHORIZATION_SERVER, Route::Discovery),
    (path::JWKS, Route::Jwks),
    (path::LOGOUT, Route::Logout),
    (path::SESSION_TRANSFER, Route::Transfer),
    (path::ACCOUNT, Route::Account),
    (path::ACCOUNT_REVOKE, Route::Account),
    (path::ACCOUNT_END_SESSION, Route::Account),
];

impl Route {
    /// The endpoint of a path.
    pub fn of(path: &str) -> Self {
        ROUTES
            .iter()
            .find(|(known, _)| *known == path)
            .map_or(Self::NotFound, |(_, endpoint)| *endpoint)
    }

    /// Its name in counts and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Par => "par",
            Self::Device => "device",
            Self::DeviceAuthorization => "device_authorization",
            Self::Token => "token",
            Self::Revoke => "revoke",
            Self::Introspect => "introspect",
            Self::Userinfo => "userinfo",
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Logout => "logout",
            Self::Transfer => "transfer",
            Self::Account => "account",
            Self::NotFound => "not_found",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_paths_are_routes() {
        assert_eq!(Route::of("/oauth2/token"), Route::Token);
        assert_eq!(Route::of("/account/revoke"), Route::Account);
        for other in [
            "",
            "/",
            "/oauth2/token/",
            "/OAUTH2/token",
            "//oauth2/token",
            "/oauth2/%74oken",
            "/dev/inbox",
        ] {
            assert_eq!(Route::of(other), Route::NotFound, "{other}");
        }
    }
}
