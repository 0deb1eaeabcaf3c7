//! Which endpoint a path belongs to: the one routing table of every issuer's host.

use symbolon::wire::metadata::path;

/// One endpoint of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the struct of its name in `symbolon::endpoints`"
)]
pub enum Endpoint {
    Authorize,
    Login,
    Consent,
    Token,
    Userinfo,
    Discovery,
    Jwks,
    Logout,
    Account,
    NotFound,
}

/// Every path of an issuer. The same on every issuer's host.
const ROUTES: [(&str, Endpoint); 12] = [
    (path::AUTHORIZE, Endpoint::Authorize),
    (path::LOGIN, Endpoint::Login),
    (path::CONSENT, Endpoint::Consent),
    (path::TOKEN, Endpoint::Token),
    (path::USERINFO, Endpoint::Userinfo),
    (path::OPENID_CONFIGURATION, Endpoint::Discovery),
    (path::AUTHORIZATION_SERVER, Endpoint::Discovery),
    (path::JWKS, Endpoint::Jwks),
    (path::LOGOUT, Endpoint::Logout),
    (path::ACCOUNT, Endpoint::Account),
    (path::ACCOUNT_REVOKE, Endpoint::Account),
    (path::ACCOUNT_END_SESSION, Endpoint::Account),
];

impl Endpoint {
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
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Logout => "logout",
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
        assert_eq!(Endpoint::of("/oauth2/token"), Endpoint::Token);
        assert_eq!(Endpoint::of("/account/revoke"), Endpoint::Account);
        for other in [
            "",
            "/",
            "/oauth2/token/",
            "/OAUTH2/token",
            "//oauth2/token",
            "/oauth2/%74oken",
            "/dev/inbox",
        ] {
            assert_eq!(Endpoint::of(other), Endpoint::NotFound, "{other}");
        }
    }
}
