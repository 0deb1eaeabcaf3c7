//! The `device` function: [`Device`] with exactly the ports it needs.

use symbolon::endpoints::Device;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Device {
        registry: world.registry(),
        devices: world.devices(),
        challenges: world.challenges(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
