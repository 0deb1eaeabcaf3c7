//! The `transfer` function: [`Transfer`] with exactly the ports it needs.

use symbolon::endpoints::Transfer;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Transfer {
        registry: world.registry(),
        assertions: world.assertions(),
        families: world.families(),
        grants: world.grants(),
        members: world.members(),
        sessions: world.sessions(),
        notices: world.notices(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
