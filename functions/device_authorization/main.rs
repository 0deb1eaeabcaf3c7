//! The `device_authorization` function: [`DeviceAuthorization`] with exactly the ports it needs.

use symbolon::endpoints::DeviceAuthorization;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| DeviceAuthorization {
        registry: world.registry(),
        devices: world.devices(),
        challenges: world.challenges(),
        assertions: world.assertions(),
        client_keys: world.client_keys(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
