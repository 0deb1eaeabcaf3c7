//! `ShopEase`, a shop aggregator: members of Urban Trend see and redeem their points.
//!
//! It stays connected with a refresh token, so an access token that ran out is replaced without her noticing.

mod pages;

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Redirect, Response},
    routing::get,
};
use openidconnect::AccessToken;
use serde::Deserialize;

use self::pages::{LOOK, Outcome};
use crate::{
    Clock, SettingsError,
    kit::{
        assertion::AssertionSigner,
        loyalty::{Failure, LoyaltyApi},
        page, provider,
        relying_party::{ClientAuthentication, RelyingParty, Tokens},
        sign_in::{Access, Session, SignIn},
    },
};

const READ: &str = "loyalty.points.read";
const REDEEM: &str = "loyalty.points.redeem";
const SCOPES: &[&str] = &["openid", "profile", "offline_access", READ, REDEEM];

/// What `ShopEase` was given when it registered with the brand, and its own key.
pub struct Settings {
    /// The brand's issuer, exactly as in its discovery document.
    pub issuer: String,
    /// The registered `client_id`.
    pub client_id: String,
    /// EC P-256 private key, PKCS#8 PEM. Its public half is registered with the brand.
    pub signing_key_pem: String,
    /// The registered `kid` of that key.
    pub signing_key_id: String,
    /// `{home}/callback`, exactly as registered.
    pub redirect_uri: String,
    /// `ShopEase`'s own origin, without a slash at the end.
    pub home: String,
    /// Origin of the loyalty API.
    pub loyalty_api: String,
    /// Seconds since the Unix epoch.
    pub clock: Clock,
}

struct ShopEase {
    sign_in: Arc<SignIn>,
    loyalty: LoyaltyApi,
    home: String,
}

/// The redeem form. `redemption` was made for one rendered form and is the API's idempotency key, so a form that is
/// posted twice redeems once.
#[derive(Deserialize)]
struct RedeemForm {
    points: u64,
    redemption: String,
}

/// The whole site. Calls nobody until the first visitor signs in.
pub fn router(settings: Settings, http: reqwest::Client) -> Result<Router, SettingsError> {
    let signer = AssertionSigner::new(
        &settings.client_id,
        &settings.issuer,
        &settings.signing_key_pem,
        &settings.signing_key_id,
    )?;
    let relying_party = RelyingParty::new(
        &settings.issuer,
        &settings.client_id,
        &settings.redirect_uri,
        &settings.home,
        ClientAuthentication::PrivateKey(Box::new(signer)),
        http.clone(),
        settings.clock,
    )?;
    let sign_in = Arc::new(SignIn::new(&LOOK, &settings.home, |_| SCOPES, relying_party));
    let routes = sign_in.routes();
    let loyalty = LoyaltyApi::new(http, &settings.loyalty_api);
    let app = ShopEase {
        sign_in,
        loyalty,
        home: settings.home.trim_end_matches('/').to_owned(),
    };
    let own = Router::new()
        .route("/", get(home))
        .route("/redeem", get(async || Redirect::to("/")).post(redeem));
    Ok(own.with_state(Arc::new(app)).merge(routes))
}

async fn home(State(app): State<Arc<ShopEase>>, headers: HeaderMap) -> Response {
    match app.sign_in.session(&headers) {
        Some(session) => app.basket(&session, None).await,
        None => pages::welcome(),
    }
}

async fn redeem(
    State(app): State<Arc<ShopEase>>,
    headers: HeaderMap,
    form: Result<Form<RedeemForm>, FormRejection>,
) -> Response {
    // SameSite=Lax already keeps the cookie off foreign posts; this also covers browsers that do not know it.
    if headers
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes() != app.home.as_bytes())
    {
        let text = "This form did not come from ShopEase.";
        return page::error(
            &LOOK,
            StatusCode::FORBIDDEN,
            "foreign_form",
            "Nothing was redeemed",
            text,
        );
    }
    let Some(session) = app.sign_in.session(&headers) else {
        return pages::welcome();
    };
    let outcome = match form {
        Ok(Form(form)) if is_redemption_id(&form.redemption) => app.redeem(&session, form).await,
        _ => Outcome::Failed("Enter how many points to redeem, as a whole number."),
    };
    app.basket(&session, Some(outcome)).await
}

impl ShopEase {
    async fn basket(&self, session: &Session, outcome: Option<Outcome>) -> Response {
        let Some(tokens) = self.tokens(session, None).await else {
            return self.ended(session).await;
        };
        let points = if tokens.scopes.contains(READ) {
            let read = |token| {
                let loyalty = self.loyalty.clone();
                async move { loyalty.points(&token).await }
            };
            self.call(session, tokens.access, read).await
        } else {
            Err(Failure::NotShared)
        };
        if points == Err(Failure::Unauthorized) {
            return self.ended(session).await;
        }
        pages::basket(session, &tokens.scopes, &points, outcome)
    }

    async fn redeem(&self, session: &Session, form: RedeemForm) -> Outcome {
        let result = match self.tokens(session, None).await {
            Some(tokens) => {
                let redeem = |token| {
                    let (loyalty, key, points) = (self.loyalty.clone(), form.redemption.clone(), form.points);
                    async move { loyalty.redeem(&token, &key, points).await }
                };
                self.call(session, tokens.access, redeem).await
            }
            None => Err(Failure::Unavailable),
        };
        match result {
            Ok(redemption) => Outcome::Redeemed(redemption),
            Err(Failure::NotShared) => Outcome::Failed("You have not allowed ShopEase to redeem points."),
            // When it is the connection that ended, the page that follows says so instead.
            Err(Failure::Unavailable | Failure::Unauthorized) => Outcome::Unclear(form),
            Err(Failure::Refused(cause)) => Outcome::Failed(match cause.as_str() {
                "not_enough_points" => "You do not have that many points.",
                "idempotency_key_reused" => "This form was already used. Nothing more was redeemed.",
                _ => "That is not an amount of points you can redeem.",
            }),
        }
    }

    /// Calls the loyalty API, once more with a fresh token if it turns ours away.
    async fn call<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        session: &Session,
        access: AccessToken,
        call: impl Fn(AccessToken) -> F,
    ) -> Result<T, Failure> {
        match call(access.clone()).await {
            Err(Failure::Unauthorized) => {
                let tokens = self
                    .tokens(session, Some(&access))
                    .await
                    .ok_or(Failure::Unauthorized)?;
                call(tokens.access).await
            }
            other => other,
        }
    }

    /// Tokens worth using, refreshed when they ran out or are the `refused` ones.
    ///
    /// The lock is held while refreshing: of two requests at once, the second finds the first one's new tokens and
    /// does not present a refresh token that may just have been replaced.
    async fn tokens(&self, session: &Session, refused: Option<&AccessToken>) -> Option<Tokens> {
        let mut access = session.access.lock().await;
        let Access::Connected(tokens) = &*access else {
            return None;
        };
        let now = self.sign_in.relying_party.now();
        let expired = tokens.expires_at.is_some_and(|end| end <= now);
        if !expired && refused.is_none_or(|refused| refused.secret() != tokens.access.secret()) {
            return Some(tokens.clone());
        }
        let Some(refresh) = &tokens.refresh else {
            *access = Access::Expired;
            return None;
        };
        match self.sign_in.relying_party.refresh(tokens, refresh).await {
            Ok(fresh) => {
                *access = Access::Connected(fresh.clone());
                Some(fresh)
            }
            Err(provider::Failure::InvalidGrant) => {
                *access = Access::Removed;
                None
            }
            // Keep the refresh token: the next visit tries again.
            Err(_) => None,
        }
    }

    async fn ended(&self, session: &Session) -> Response {
        pages::ended(&*session.access.lock().await)
    }
}

/// As the page makes them; anything else was not our form.
fn is_redemption_id(id: &str) -> bool {
    id.len() == 43
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
