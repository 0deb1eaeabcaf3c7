//! The `discovery` function: [`Discovery`] with exactly the ports it needs.

use symbolon::endpoints::Discovery;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = World::from_environment()?;
    let endpoint = Discovery {
        registry: world.registry,
    };
    serve(&endpoint).await
}
