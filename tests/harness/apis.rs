//! Two APIs that ask about tokens, and a client that acts for itself; and where an access token is taken.

use serde_json::{Value, json};

use super::{Client, World, answer_header, media_type, not_cacheable, provider::Provider};

/// What the demo's text becomes when they are registered.
pub const APIS: (&str, &str) = (
    "[tenants.urbantrend.clients.fashionboard]\n",
    r#"[tenants.urbantrend.resources.stock]
identifier = "https://stock.urbantrend.example"

[tenants.urbantrend.scopes."stock.read"]
resource = "stock"
label = { en = "See what is in stock" }

[tenants.urbantrend.clients.loyalty-api]
name = "Loyalty API"
token_endpoint_auth_method = "client_secret_basic"
client_secret = "loyalty-api-demo-secret"
resource = "loyalty"
grant_types = []
scopes = []

[tenants.urbantrend.clients.stock-api]
name = "Stock API"
token_endpoint_auth_method = "client_secret_post"
client_secret = "stock-api-demo-secret"
resource = "stock"
grant_types = []
scopes = []
introspection_signed_response_alg = "ES256"

[tenants.urbantrend.clients.robot]
name = "Robot"
token_endpoint_auth_method = "client_secret_basic"
client_secret = "robot-demo-secret"
grant_types = ["client_credentials"]
scopes = ["openid", "profile", "stock.read", "loyalty.tier.read"]

[tenants.urbantrend.clients.fashionboard]
"#,
);

impl World {
    /// The demo with [`APIS`].
    pub async fn with_apis() -> Self {
        Self::edited(&[APIS]).await
    }

    pub fn loyalty_api(&self) -> Client {
        Client::basic(self.urbantrend(), "loyalty-api", "loyalty-api-demo-secret", "")
    }

    pub fn stock_api(&self) -> Client {
        Client::post(self.urbantrend(), "stock-api", "stock-api-demo-secret", "")
    }

    pub fn robot(&self) -> Client {
        Client::basic(self.urbantrend(), "robot", "robot-demo-secret", "")
    }

    /// The places that take this access token of `client`. Each of the others refuses it as it should.
    pub async fn takers(&self, client: &Client, token: &str) -> Vec<&'static str> {
        let mut takers = Vec::new();
        let info = client.userinfo(token).await;
        if info.status() == 200 {
            takers.push("userinfo");
        } else {
            let refused = (info.status().as_u16(), answer_header(&info, "www-authenticate"));
            let error = match refused.0 {
                401 => "invalid_token",
                403 => "insufficient_scope",
                status => panic!("{status}"),
            };
            let named = format!("error=\"{error}\"");
            assert!(
                refused.1.starts_with("Bearer ") && refused.1.contains(&named),
                "{refused:?}"
            );
        }
        if client.asks(self, token).await != json!({ "active": false }) {
            takers.push("introspection");
        }
        if self.provider().develops_partners() {
            let url = self.url("loyalty.urbantrend.localhost", "/v1/tier");
            let tier = self.http().get(url).bearer_auth(token).send().await.unwrap();
            match tier.status().as_u16() {
                200 => takers.push("the loyalty API"),
                // A header may be too long for anybody.
                status => assert!([401, 431].contains(&status), "{status}"),
            }
        }
        takers
    }

    /// All of them.
    pub fn everywhere(&self) -> Vec<&'static str> {
        let mut all = vec!["userinfo", "introspection"];
        if self.provider().develops_partners() {
            all.push("the loyalty API");
        }
        all
    }
}

impl Provider {
    /// Whether the demo's partners and APIs run beside it.
    pub fn develops_partners(&self) -> bool {
        match self {
            Self::Server(_) | Self::Process { .. } => true,
            Self::Oracle(_) => false,
            #[cfg(feature = "aws")]
            Self::Stack(_) => false,
        }
    }
}

impl Client {
    /// What this client is told of a token, in an answer of the right form.
    pub async fn asks(&self, world: &World, token: &str) -> Value {
        let answer = self.introspect(world, token).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(media_type(&answer), "application/json");
        not_cacheable(&answer);
        answer.json().await.unwrap()
    }

    /// Gives a token back, and succeeds.
    pub async fn gives_back(&self, world: &World, token: &str) {
        let answer = self.revoke(world, token).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await.unwrap(), "");
    }
}
