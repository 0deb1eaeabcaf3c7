//! The `revoke` function: [`Revoke`] with exactly the ports it needs.

use symbolon::endpoints::Revoke;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Revoke {
        registry: world.registry(),
        families: world.families(),
        grants: world.grants(),
        assertions: world.assertions(),
        client_keys: world.client_keys(),
        public_keys: world.public_keys(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
