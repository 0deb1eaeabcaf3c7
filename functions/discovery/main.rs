//! The `discovery` function: [`Discovery`] with exactly the ports it needs.

use symbolon::endpoints::Discovery;
use symbolon_aws::{PublicWorld, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &PublicWorld| Discovery {
        registry: world.registry(),
    })
    .await
}
