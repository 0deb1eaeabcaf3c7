//! Proofs of possession (RFC 9449), at the token endpoint and at userinfo.

mod code;
mod device;
mod introspect;
mod nonce;
mod proof;
mod pushed;
mod refresh;
mod replay;
mod userinfo;

use reqwest::Response;

use crate::harness::{ALICE, Client, DpopKey, Tokens, World, refusal};

const ALL: &str = "openid profile offline_access loyalty.tier.read";

/// Another client that has tokens of its own, for an API that asks nobody about them.
const SECOND_ROBOT: (&str, &str) = (
    "[tenants.urbantrend.clients.shopease]\n",
    r#"[tenants.urbantrend.clients.robot-2]
name = "Robot 2"
token_endpoint_auth_method = "client_secret_basic"
client_secret = "robot-2-demo-secret"
grant_types = ["client_credentials"]
scopes = ["loyalty.tier.read"]

[tenants.urbantrend.clients.shopease]
"#,
);

fn second_robot(world: &World) -> Client {
    Client::basic(world.urbantrend(), "robot-2", "robot-2-demo-secret", "")
}

fn is(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

/// A client of each kind, holding a key.
fn clients(world: &World, key: &DpopKey) -> [Client; 3] {
    [world.spa(), world.conformance(), world.shopease()].map(|client| client.holding(key))
}

/// Whether a token request was refused, by one of two names where the clause has none.
async fn refused(answer: Response, names: [&str; 2]) -> bool {
    let (status, error) = refusal(answer).await;
    status == 400 && names.contains(&error.as_str())
}

async fn tokens(world: &World, client: &Client) -> Tokens {
    let scope = if client.id == "shopease" {
        "openid profile"
    } else {
        ALL
    };
    client.tokens(world, &mut world.browser(), scope, ALICE).await
}

/// Every challenge of an answer.
fn challenges(answer: &Response) -> Vec<String> {
    let all = answer.headers().get_all("www-authenticate");
    all.iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

/// Asserts a refusal at userinfo, of which one challenge says why.
async fn refuses(answer: Response, error: &str, case: &str) {
    let mut why = challenges(&answer);
    why.retain(|challenge| challenge.contains(" error=\""));
    assert_eq!(why.len(), 1, "{case}: {why:?}");
    assert!(why[0].contains(&format!("error=\"{error}\"")), "{case}: {why:?}");
    assert_eq!(refusal(answer).await, (401, error.to_owned()), "{case}");
}
