//! Requests that a client pushes, signs, or both, before a browser comes.

use reqwest::Response;
use serde_json::{Value, json};

use super::{Authorization, Client, World};

impl Authorization {
    /// A request that says who asks, and one thing more.
    pub fn naming(&self, client: &str, name: &str, value: &str) -> Self {
        let pairs = [("client_id", client), (name, value)];
        let mut named = self.clone();
        named.params = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        named
    }
}

impl Client {
    /// Pushes a request as it is.
    pub async fn push(&self, world: &World, request: &Authorization) -> Response {
        self.form(world, "/oauth2/par", request.params.clone())
            .await
            .send()
            .await
            .unwrap()
    }

    /// The request that names what was pushed, and says nothing else.
    pub async fn pushed(&self, world: &World, request: &Authorization) -> Authorization {
        let answer = self.push(world, request).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 201, "{body}");
        request.naming(&self.id, "request_uri", body["request_uri"].as_str().unwrap())
    }

    /// A signed request object of a request (RFC 9101), with claims replaced by `changes`.
    pub fn object(&self, now: u64, request: &Authorization, changes: &Value) -> String {
        self.object_typed(Some("oauth-authz-req+jwt"), now, request, changes)
    }

    /// The same, of another `typ`.
    pub fn object_typed(
        &self,
        typ: Option<&str>,
        now: u64,
        request: &Authorization,
        changes: &Value,
    ) -> String {
        let mut claims = json!({ "iss": self.id, "aud": self.brand.issuer, "nbf": now, "exp": now + 60 });
        let all = claims.as_object_mut().unwrap();
        all.extend(request.params.iter().map(|(n, v)| (n.clone(), json!(v))));
        all.extend(changes.as_object().unwrap().clone());
        all.retain(|_, value| !value.is_null());
        self.signed(typ, &claims)
    }
}
