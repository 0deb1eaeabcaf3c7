//! The `account` function: [`Account`] with exactly the ports it needs.

use symbolon::endpoints::Account;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Account {
        registry: world.registry,
        sessions: world.unbound.clone(),
        members: world.unbound.clone(),
        grants: world.unbound.clone(),
        clock: world.clock,
        random: world.random,
        keyring: world.keyring,
    };
    serve(&endpoint).await
}
