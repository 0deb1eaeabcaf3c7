//! Three partner apps and one protected API, as their own engineers would write them.
//!
//! None of this knows the identity provider's code: everything is learnt from public documents (discovery, JWKS) and
//! public endpoints, through off-the-shelf libraries. Each module is one organisation:
//!
//! | module | who | how it signs a member in |
//! |---|---|---|
//! | [`fashionboard`] | a style community | `client_secret_basic`, shows the loyalty tier |
//! | [`shopease`] | a shop aggregator | `private_key_jwt`, refresh tokens, redeems points |
//! | [`trailmix`] | a trail club, at another brand | `client_secret_basic`, shows only the name |
//! | [`loyalty_api`] | Urban Trend's loyalty system | verifies access tokens offline |
//! | [`member_directory`] | the same | answers the provider who its members are |
//!
//! The three apps share a small relying-party kit. Their sessions live in memory: after a restart a visitor presses
//! the sign-in button again, and the brand's single sign-on brings her back without a screen.

pub mod demo;
pub mod fashionboard;
mod http;
mod kit;
pub mod loyalty_api;
pub mod member_directory;
pub mod shopease;
pub mod trailmix;

use std::{fmt, sync::Arc};

pub use crate::http::http_client;

/// Seconds since the Unix epoch. An argument, because a development deployment moves its clock by hand.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// A setting an app cannot start with. Names the setting, never repeats a secret.
#[derive(Debug)]
pub struct SettingsError {
    setting: &'static str,
    reason: String,
}

impl SettingsError {
    fn new(setting: &'static str, reason: impl fmt::Display) -> Self {
        Self {
            setting,
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

impl std::error::Error for SettingsError {}
