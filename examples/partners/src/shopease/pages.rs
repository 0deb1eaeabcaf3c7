//! `ShopEase`'s pages. Pure: what they show is given.

use std::collections::BTreeSet;

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use super::{REDEEM, RedeemForm};
use crate::kit::{
    loyalty::{Failure, Redemption},
    page::{self, Look, Visitor, grouped, sign_in_button},
    sign_in::{Access, Session},
    store::random_id,
};

pub(super) static LOOK: Look = Look {
    app: "ShopEase",
    tagline: "ShopEase, all your shops in one basket.",
    brand: "Urban Trend",
    css: concat!(
        include_str!("../style/base.css"),
        include_str!("../style/shopease.css")
    ),
};

/// What the page says about the redemption just tried.
pub(super) enum Outcome {
    Redeemed(Redemption),
    Failed(&'static str),
    /// Nobody knows whether it happened: offer the same redemption again.
    Unclear(RedeemForm),
}

pub(super) fn welcome() -> Response {
    let main = html! {
        main {
            h1 { "Every shop. One basket." }
            p { "Bring your Trendy Rewards points along and spend them wherever you shop." }
            (sign_in_button(&LOOK))
        }
    };
    page::page(&LOOK, StatusCode::OK, "Welcome", Visitor::Anonymous, &main)
}

pub(super) fn basket(
    session: &Session,
    scopes: &BTreeSet<String>,
    points: &Result<u64, Failure>,
    outcome: Option<Outcome>,
) -> Response {
    let (notice, retry) = match outcome {
        None => (None, None),
        Some(Outcome::Redeemed(done)) => {
            let [redeemed, left] = [done.redeemed, done.points].map(grouped);
            (
                Some(format!("You redeemed {redeemed} points and had {left} left.")),
                None,
            )
        }
        Some(Outcome::Failed(text)) => (Some(text.to_owned()), None),
        Some(Outcome::Unclear(form)) => (
            Some("We could not confirm this yet. Press again: it counts only once.".to_owned()),
            Some(form),
        ),
    };
    let main = html! {
        main id="basket" {
            h1 { "Hello" @if let Some(name) = &session.name { ", " bdi data-name { (name) } } }
            @if let Some(notice) = notice { p id="notice" class="card" role="status" { (notice) } }
            section class="card" aria-labelledby="balance" {
                h2 id="balance" { "Trendy Rewards" }
                @match points {
                    Ok(points) => p class="big" data-points=(points) { (grouped(*points)) " points" },
                    Err(Failure::NotShared) => p id="not-shared" { "You have not shared your points with ShopEase." },
                    Err(Failure::Refused(_)) => p { "Trendy Rewards has no points for you." },
                    Err(_) => p { "Trendy Rewards cannot be reached at the moment. Reload to try again." },
                }
            }
            @if scopes.contains(REDEEM) { (redeem_form(retry)) }
        }
    };
    page::page(&LOOK, StatusCode::OK, "Your points", Visitor::SignedIn, &main)
}

/// Why there are no points to show: the access ended, or it could not be renewed just now.
pub(super) fn ended(access: &Access) -> Response {
    let (id, title, text) = match access {
        Access::Removed => (
            "disconnected",
            "ShopEase is no longer connected",
            "You or Urban Trend ended the connection. Sign in to connect ShopEase again.",
        ),
        Access::Expired => (
            "ended",
            "Your visit has ended",
            "Sign in again to see your points.",
        ),
        Access::Connected(_) => {
            let text = "Urban Trend cannot be reached at the moment. Please try again shortly.";
            let title = "Your points are not available right now";
            return page::error(
                &LOOK,
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_unavailable",
                title,
                text,
            );
        }
    };
    let main = html! { main id=(id) { h1 { (title) } p { (text) } (sign_in_button(&LOOK)) } };
    page::page(&LOOK, StatusCode::OK, title, Visitor::SignedIn, &main)
}

fn redeem_form(retry: Option<RedeemForm>) -> Markup {
    let (redemption, points) = retry.map_or_else(
        || (random_id(), None),
        |form| (form.redemption, Some(form.points)),
    );
    html! {
        section class="card" aria-labelledby="spend" {
            h2 id="spend" { "Redeem points" }
            form id="redeem-form" method="post" action="/redeem" {
                input type="hidden" name="redemption" value=(redemption);
                label for="points" { "How many points" }
                input id="points" name="points" type="text" inputmode="numeric" pattern="[0-9]+" autocomplete="off"
                    value=[points] required;
                p { button id="redeem" type="submit" { "Redeem" } }
            }
        }
    }
}
