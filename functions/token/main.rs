//! The `token` function: [`Token`] with exactly the ports it needs.

use symbolon::endpoints::Token;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Token {
        registry: world.registry,
        codes: world.unbound.clone(),
        families: world.unbound.clone(),
        grants: world.unbound.clone(),
        members: world.unbound.clone(),
        assertions: world.unbound.clone(),
        signer: world.unbound.clone(),
        clock: world.clock,
        random: world.random,
        keyring: world.keyring,
    };
    serve(&endpoint).await
}
