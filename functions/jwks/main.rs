//! The `jwks` function: [`Jwks`] with exactly the ports it needs.

use symbolon::endpoints::Jwks;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Jwks {
        registry: world.registry,
        public_keys: world.unbound.clone(),
        random: world.random,
    };
    serve(&endpoint).await
}
