//! The `par` function: [`Par`] with exactly the ports it needs.

use symbolon::endpoints::Par;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Par {
        registry: world.registry(),
        pushed: world.pushed(),
        assertions: world.assertions(),
        client_keys: world.client_keys(),
        public_keys: world.public_keys(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
