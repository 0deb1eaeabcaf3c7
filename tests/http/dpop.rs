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

use crate::harness::{ALICE, Client, DpopKey, Tokens, World, answer_header, refusal};

const ALL: &str = "openid profile offline_access loyalty.tier.read";

fn is(error: &str) -> (u16, String) {
    (400, error.to_owned())
}

/// A client of each kind, holding a key.
fn clients(world: &World, key: &DpopKey) -> [Client; 3] {
    [world.spa(), world.conformance(), world.shopease()].map(|client| client.holding(key))
}

async fn tokens(world: &World, client: &Client) -> Tokens {
    let scope = if client.id == "shopease" {
        "openid profile"
    } else {
        ALL
    };
    client.tokens(world, &mut world.browser(), scope, ALICE).await
}

/// Asserts a refusal at userinfo: the scheme that was tried says why, and comes first.
async fn refuses(answer: Response, scheme: &str, error: &str, case: &str) {
    let challenge = answer_header(&answer, "www-authenticate");
    let begins = format!("{scheme} error=\"{error}\"");
    assert!(challenge.starts_with(&begins), "{case}: {challenge}");
    assert_eq!(refusal(answer).await, (401, error.to_owned()), "{case}");
}
