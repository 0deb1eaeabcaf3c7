use async_trait::async_trait;

/// What became of a message to a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It said so.
    Yes,
    /// Not now: no answer, too late, or an error of its own. Worth another try. Holds the reason for the log.
    NotNow(String),
    /// It will never be: the address is refused, or the partner refuses the token. Holds the reason for the log.
    Never(String),
}

/// Calls to a partner's own server, at addresses from its registration. Never to a private address.
#[async_trait]
pub trait Partners: Send + Sync {
    /// Posts a logout token (Back-Channel Logout s2.5).
    async fn post_logout_token(&self, backchannel_logout_uri: &str, logout_token: &str) -> Told;
}
