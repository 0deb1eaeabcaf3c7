//! The `userinfo` function: [`Userinfo`] with exactly the ports it needs.

use symbolon::endpoints::Userinfo;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Userinfo {
        registry: world.registry,
        grants: world.unbound.clone(),
        members: world.unbound.clone(),
        public_keys: world.unbound.clone(),
        clock: world.clock,
        random: world.random,
        keyring: world.keyring,
    };
    serve(&endpoint).await
}
