//! The `authorize` function: [`Authorize`] with exactly the ports it needs.

use symbolon::endpoints::Authorize;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Authorize {
        registry: world.registry,
        sessions: world.unbound.clone(),
        grants: world.unbound.clone(),
        codes: world.unbound.clone(),
        public_keys: world.unbound.clone(),
        clock: world.clock,
        random: world.random,
        keyring: world.keyring,
    };
    serve(&endpoint).await
}
