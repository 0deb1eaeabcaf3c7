//! `TrailMix`, a trail club: members of `NorthPeak` sign in, and it needs nothing but a name.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use maud::html;
use openidconnect::ClientSecret;

use crate::{
    Clock, SettingsError,
    kit::{
        page::{self, Look, Visitor, sign_in_button},
        relying_party::{ClientAuthentication, RelyingParty},
        sign_in::{Session, SignIn},
    },
};

const SCOPES: &[&str] = &["openid", "profile"];

static LOOK: Look = Look {
    app: "TrailMix",
    tagline: "TrailMix, good company on long paths.",
    brand: "NorthPeak",
    css: concat!(include_str!("style/base.css"), include_str!("style/trailmix.css")),
};

/// What `TrailMix` was given when it registered with the brand.
pub struct Settings {
    /// The brand's issuer, exactly as in its discovery document.
    pub issuer: String,
    /// The registered `client_id`.
    pub client_id: String,
    /// Sent with HTTP Basic to the token endpoint.
    pub client_secret: String,
    /// `{home}/callback`, exactly as registered.
    pub redirect_uri: String,
    /// `TrailMix`'s own origin, without a slash at the end.
    pub home: String,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

/// The whole site. Calls nobody until the first visitor signs in.
pub fn router(settings: Settings, http: reqwest::Client) -> Result<Router, SettingsError> {
    let relying_party = RelyingParty::new(
        &settings.issuer,
        &settings.client_id,
        &settings.redirect_uri,
        &settings.home,
        ClientAuthentication::SecretBasic(ClientSecret::new(settings.client_secret)),
        http,
        settings.clock,
    )?;
    let sign_in = Arc::new(SignIn::new(&LOOK, &settings.home, |_| SCOPES, relying_party));
    let routes = sign_in.routes();
    Ok(Router::new()
        .route("/", get(home))
        .with_state(sign_in)
        .merge(routes))
}

async fn home(State(sign_in): State<Arc<SignIn>>, headers: HeaderMap) -> Response {
    sign_in
        .session(&headers)
        .map_or_else(welcome, |session| club(&session))
}

fn welcome() -> Response {
    let main = html! {
        main {
            h1 { "Walk further together" }
            p { "Guided trails every weekend, for members of NorthPeak." }
            (sign_in_button(&LOOK))
        }
    };
    page::page(&LOOK, StatusCode::OK, "Welcome", Visitor::Anonymous, &main)
}

fn club(session: &Session) -> Response {
    let main = html! {
        main id="profile" {
            h1 { "Good to see you" @if let Some(name) = &session.name { ", " bdi data-name { (name) } } }
            section class="card" aria-labelledby="next" {
                h2 id="next" { "Next trail" }
                p { "Ridge loop, 14 km, Saturday at eight. Bring water." }
            }
        }
    };
    page::page(&LOOK, StatusCode::OK, "Your trails", Visitor::SignedIn, &main)
}
