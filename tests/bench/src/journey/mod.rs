//! What a member and her partner app do, request by request, wherever the provider runs.

mod browser;
mod form;
mod line;
mod partner;
mod visitor;

pub(crate) use self::{
    line::{Inbox, Line, Place},
    partner::{CALLBACK, Partner, SCOPE},
    visitor::Visitor,
};

/// The demo's first brand, at whatever address it runs: its host has the port of that.
pub(crate) fn demo_issuer(address: &str) -> String {
    let port = address.rsplit(':').next().unwrap_or_default();
    format!("auth.urbantrend.localhost:{port}")
}
