//! The `introspect` function: [`Introspect`] with exactly the ports it needs.

use symbolon::endpoints::Introspect;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Introspect {
        registry: world.registry(),
        families: world.families(),
        grants: world.grants(),
        members: world.members(),
        assertions: world.assertions(),
        client_keys: world.client_keys(),
        public_keys: world.public_keys(),
        signer: world.signer(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
