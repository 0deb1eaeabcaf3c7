//! The `login` function: [`Login`] with exactly the ports it needs.

use symbolon::endpoints::Login;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Login {
        registry: world.registry,
        challenges: world.unbound.clone(),
        members: world.unbound.clone(),
        sessions: world.unbound.clone(),
        grants: world.unbound.clone(),
        sender: world.unbound.clone(),
        clock: world.clock,
        random: world.random,
        keyring: world.keyring,
    };
    serve(&endpoint).await
}
