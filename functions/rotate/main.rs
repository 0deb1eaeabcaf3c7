//! The `rotate` function: [`Rotate`] by the clock, with exactly the ports it needs.

use symbolon::endpoints::Rotate;
use symbolon_aws::{PublicWorld, serve_schedule};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve_schedule(|world: &PublicWorld| Rotate {
        signing_keys: world.signing_keys(),
        clock: world.clock(),
    })
    .await
}
