//! FashionBoard, a style community: members of Urban Trend show their loyalty tier.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use maud::{Markup, html};
use openidconnect::ClientSecret;

use crate::{
    Clock, SettingsError,
    kit::{
        loyalty::{Failure, LoyaltyApi, Tier},
        page::{self, Look, Visitor, grouped, sign_in_button},
        relying_party::{ClientAuthentication, RelyingParty},
        sign_in::{Access, Session, SignIn},
    },
};

const POINTS: &str = "loyalty.points.read";
const SCOPES: &[&str] = &["openid", "profile", "loyalty.tier.read"];
const WITH_POINTS: &[&str] = &["openid", "profile", "loyalty.tier.read", POINTS];

static LOOK: Look = Look {
    app: "FashionBoard",
    tagline: "FashionBoard, where style finds its people.",
    brand: "Urban Trend",
    css: concat!(
        include_str!("style/base.css"),
        include_str!("style/fashionboard.css")
    ),
};

/// What FashionBoard was given when it registered with the brand.
pub struct Settings {
    /// The brand's issuer, exactly as in its discovery document.
    pub issuer: String,
    /// The registered `client_id`.
    pub client_id: String,
    /// Sent with HTTP Basic to the token endpoint.
    pub client_secret: String,
    /// `{home}/callback`, exactly as registered.
    pub redirect_uri: String,
    /// FashionBoard's own origin, without a slash at the end.
    pub home: String,
    /// Origin of the loyalty API.
    pub loyalty_api: String,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

struct FashionBoard {
    sign_in: Arc<SignIn>,
    loyalty: LoyaltyApi,
}

/// The whole site. Calls nobody until the first visitor signs in.
pub fn router(settings: Settings, http: reqwest::Client) -> Result<Router, SettingsError> {
    let relying_party = RelyingParty::new(
        &settings.issuer,
        &settings.client_id,
        &settings.redirect_uri,
        &settings.home,
        ClientAuthentication::SecretBasic(ClientSecret::new(settings.client_secret)),
        http.clone(),
        settings.clock,
    )?;
    let scopes = |more: Option<&str>| {
        if more == Some("points") {
            WITH_POINTS
        } else {
            SCOPES
        }
    };
    let sign_in = Arc::new(SignIn::new(&LOOK, &settings.home, scopes, relying_party));
    let routes = sign_in.routes();
    let app = FashionBoard {
        sign_in,
        loyalty: LoyaltyApi::new(http, &settings.loyalty_api),
    };
    Ok(Router::new()
        .route("/", get(home))
        .with_state(Arc::new(app))
        .merge(routes))
}

async fn home(State(app): State<Arc<FashionBoard>>, headers: HeaderMap) -> Response {
    match app.sign_in.session(&headers) {
        Some(session) => app.board(&session).await,
        None => welcome(),
    }
}

impl FashionBoard {
    async fn board(&self, session: &Session) -> Response {
        let tokens = match &*session.access.lock().await {
            Access::Connected(tokens) => tokens.clone(),
            Access::Removed | Access::Expired => return ended(),
        };
        let tier = self.loyalty.tier(&tokens.access).await;
        // There is no refresh token here: an access token that ran out means signing in again, which shows no screen.
        if matches!(tier, Err(Failure::Unauthorized)) {
            *session.access.lock().await = Access::Expired;
            return ended();
        }
        let points = if tokens.scopes.contains(POINTS) {
            Some(self.loyalty.points(&tokens.access).await)
        } else {
            None
        };
        profile(session, tier, points)
    }
}

fn welcome() -> Response {
    let main = html! {
        main {
            h1 { "Show your style. Show your status." }
            p { "Share looks with people who dress like you, and wear your Trendy Rewards badge while you do." }
            p { "No new account: your Urban Trend membership is all you need." }
            (sign_in_button(&LOOK))
        }
    };
    page::page(&LOOK, StatusCode::OK, "Welcome", Visitor::Anonymous, &main)
}

fn ended() -> Response {
    let main = html! {
        main id="ended" {
            h1 { "Your visit has ended" }
            p { "It has been a while. Sign in again to see your badge." }
            (sign_in_button(&LOOK))
        }
    };
    page::page(&LOOK, StatusCode::OK, "Visit ended", Visitor::SignedIn, &main)
}

fn profile(session: &Session, tier: Result<Tier, Failure>, points: Option<Result<u64, Failure>>) -> Response {
    let main = html! {
        main id="profile" {
            h1 { "Hello" @if let Some(name) = &session.name { ", " bdi data-name { (name) } } }
            section class="card" aria-labelledby="status" {
                h2 id="status" { "Your status" }
                @match tier {
                    Ok(Tier { tier, programme }) => p { span class="badge" data-tier=(tier) { (programme) " " (tier) } },
                    Err(failure) => (missing(&failure, "your Trendy Rewards status")),
                }
            }
            section class="card" aria-labelledby="points" {
                h2 id="points" { "Your points" }
                @match points {
                    Some(Ok(points)) => p class="big" data-points=(points) { (grouped(points)) " points" },
                    Some(Err(failure)) => (missing(&failure, "your points")),
                    None => {
                        p { "Show your points next to your badge?" }
                        p { a id="ask-points" href="/sign-in?more=points" { "Share my points with FashionBoard" } }
                    }
                }
            }
        }
    };
    page::page(&LOOK, StatusCode::OK, "Your board", Visitor::SignedIn, &main)
}

fn missing(failure: &Failure, what: &str) -> Markup {
    html! {
        @match failure {
            Failure::Unauthorized | Failure::NotShared => p { "You have not shared " (what) " with FashionBoard." },
            Failure::Refused(_) => p { "Trendy Rewards does not know " (what) "." },
            Failure::Unavailable => p { "Trendy Rewards cannot be reached at the moment. Reload to try again." },
        }
    }
}
