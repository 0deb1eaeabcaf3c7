//! The `token` function: [`Token`] with exactly the ports it needs.

use symbolon::endpoints::Token;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Token {
        registry: world.registry(),
        codes: world.codes(),
        devices: world.devices(),
        families: world.families(),
        grants: world.grants(),
        members: world.members(),
        assertions: world.assertions(),
        client_keys: world.client_keys(),
        signer: world.signer(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
