//! The `consent` function: [`Consent`] with exactly the ports it needs.

use symbolon::endpoints::Consent;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Consent {
        registry: world.registry(),
        sessions: world.sessions(),
        grants: world.grants(),
        pushed: world.pushed(),
        devices: world.devices(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
