//! What a visitor of one brand comes to hold: cookies, codes, tokens, forms. All of one member, at every stage at once.

use std::collections::BTreeMap;

use crate::harness::{ALICE, Authorization, Brand, Browser, Client, Page, Tokens, World};

/// One brand, as the table sees it.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) brand: Brand,
    /// The client whose name exists at both brands.
    pub(super) conformance: Client,
    /// A client that only this brand has.
    pub(super) own: Client,
    /// The client whose name and key exist at both.
    pub(super) jwt: Client,
}

/// A form of a step, with the cookies of the browser that was given it.
pub(super) struct Stash {
    pub(super) cookies: BTreeMap<String, String>,
    browser: Browser,
    page: Page,
}

/// See the module.
pub(super) struct Loot {
    pub(super) session: BTreeMap<String, String>,
    /// The form that removes an app; its token also serves the other form of the account.
    pub(super) account: Stash,
    pub(super) session_id: String,
    pub(super) code_step: Stash,
    pub(super) one_time_code: String,
    pub(super) consent_step: Stash,
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) id_token: String,
    pub(super) assertion: String,
    /// A pushed request of the client whose name exists at both.
    pub(super) pushed: Authorization,
    /// What the brand's own app was given for a browser.
    pub(super) transfer: String,
    /// The page of such a one.
    pub(super) transfer_step: Stash,
    pub(super) app_refresh: String,
    pub(super) secret: String,
    pub(super) own: Client,
    pub(super) own_secret: String,
    signed_in: Browser,
    request: Authorization,
    code: String,
    conformance: Client,
}

impl Place {
    fn host(&self) -> String {
        format!("auth.{}.localhost", self.name)
    }

    /// The secret of `conformance` here.
    pub(super) fn secret(&self) -> &'static str {
        match self.name {
            "urbantrend" => "conformance-demo-secret",
            _ => "conformance-north-secret",
        }
    }
}

impl Stash {
    fn of(place: &Place, browser: &Browser, page: Page) -> Self {
        Self {
            cookies: browser.cookies[&place.host()].clone(),
            browser: browser.clone(),
            page,
        }
    }

    /// A hidden field of the page's forms.
    pub(super) fn field(&self, name: &str) -> String {
        self.page.attr(&format!("input[name={name}]"), "value")
    }
}

impl Loot {
    pub(super) async fn collect(world: &World, place: &Place) -> Self {
        let client = place.conformance.clone();
        let mut signed_in = world.browser();
        let scope = "openid profile offline_access";
        let tokens = client.tokens(world, &mut signed_in, scope, ALICE).await;
        let (request, callback) = client.code(world, &mut signed_in, scope, ALICE).await;
        let session: BTreeMap<_, _> = signed_in.cookies[&place.host()]
            .iter()
            .filter(|(name, _)| *name == "__Host-session")
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let account = format!("{}/account", place.brand.issuer);
        let session_id = signed_in
            .get(&account)
            .await
            .attr("[data-session]", "data-session");
        let removal = signed_in
            .get(&format!("{account}/revoke?client=conformance"))
            .await;
        let account = Stash::of(place, &signed_in, removal);

        let mut asked = signed_in.clone();
        let again = client.authorize("openid profile").with("prompt", "consent");
        let consent_page = asked.get(&again.url()).await;
        assert!(consent_page.has("form#consent-form"));
        let consent_step = Stash::of(place, &asked, consent_page);

        let mut stranger = world.browser();
        let phone = stranger.get(&client.authorize("openid profile").url()).await;
        let fields = [("phone", ALICE), ("action", "phone")];
        let code_page = stranger.submit(&phone, "form#phone-form", &fields).await;
        let code_step = Stash::of(place, &stranger, code_page);
        let app = Client::public(place.brand.clone(), "brand-app", "http://127.0.0.1:5175/callback");
        let of_app = app.tokens(world, &mut signed_in.clone(), scope, ALICE).await;
        let mut fresh = world.browser();
        let opened = app.transfer(world, &of_app, None).await;
        let question = fresh.open_transfer(&place.brand, &opened).await;
        Self {
            session,
            account,
            transfer: app.transfer(world, &of_app, None).await,
            transfer_step: Stash::of(place, &fresh, question),
            app_refresh: of_app.refresh.unwrap(),
            session_id,
            one_time_code: newest_code(world, place).await,
            code_step,
            consent_step,
            access: tokens.access.clone(),
            refresh: tokens.refresh.clone().unwrap(),
            id_token: tokens.id.clone().unwrap(),
            pushed: client.pushed(world, &client.authorize("openid")).await,
            assertion: place.jwt.assertion(world.now().await, &serde_json::json!({})),
            secret: place.secret().to_owned(),
            own: place.own.clone(),
            own_secret: format!("{}-demo-secret", place.own.id),
            signed_in,
            code: callback.callback()["code"].clone(),
            request,
            conformance: client,
        }
    }

    pub(super) fn exchange(&self) -> Vec<(String, String)> {
        self.conformance.exchange(&self.code, &self.request.verifier)
    }

    /// Everything is as good at home as if it had never been shown abroad.
    pub(super) async fn works(&self, world: &World, place: &Place) {
        let client = &self.conformance;
        assert_eq!(client.userinfo(&self.access).await.status(), 200);
        Tokens::of(client.token(world, self.exchange()).await).await;
        Tokens::of(client.refresh(world, &self.refresh).await).await;
        let mut fields: Vec<(String, String)> = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "none"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec();
        fields.push(("client_assertion".to_owned(), self.assertion.clone()));
        let url = format!("{}/oauth2/token", place.brand.issuer);
        let proven = place.brand.http.post(url).form(&fields).send().await.unwrap();
        assert_eq!(proven.status(), 400, "the client is known; only the token is not");

        let Stash { browser, page, .. } = &self.consent_step;
        let allowed = browser.clone().allow(page).await;
        assert!(allowed.callback().contains_key("code"), "{}", allowed.url);
        let Stash { browser, page, .. } = &self.code_step;
        let code = [("code", self.one_time_code.as_str()), ("action", "code")];
        let signed_in = browser.clone().submit(page, "form#code-form", &code).await;
        assert!(signed_in.callback().contains_key("code"), "{}", signed_in.body);

        let Stash { browser, page, .. } = &self.transfer_step;
        assert_eq!(browser.clone().go_on(page).await.url.path(), "/account");

        let mut browser = self.signed_in.clone();
        assert!(
            browser
                .get(&self.pushed.url())
                .await
                .callback()
                .contains_key("code")
        );
        let silent = client.authorize("openid").with("prompt", "none");
        assert!(browser.get(&silent.url()).await.callback().contains_key("code"));
        let hint = format!(
            "{}/oauth2/sessions/logout?id_token_hint={}&post_logout_redirect_uri={}",
            place.brand.issuer, self.id_token, "http%3A%2F%2F127.0.0.1%3A3999%2Fsigned-out"
        );
        let out = browser.get(&hint).await;
        assert_eq!(out.url.as_str(), "http://127.0.0.1:3999/signed-out");
    }
}

/// The two brands send to the same phone, so the newest message may be the other's.
async fn newest_code(world: &World, place: &Place) -> String {
    let messages = world.inbox(ALICE).await;
    let mine = messages.iter().find(|m| m["tenant"] == place.name);
    mine.unwrap()["code"].as_str().unwrap().to_owned()
}
