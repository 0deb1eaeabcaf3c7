//! The `authorize` function: [`Authorize`] with exactly the ports it needs.

use symbolon::endpoints::Authorize;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Authorize {
        registry: world.registry(),
        sessions: world.sessions(),
        grants: world.grants(),
        codes: world.codes(),
        pushed: world.pushed(),
        client_keys: world.client_keys(),
        devices: world.devices(),
        public_keys: world.public_keys(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
