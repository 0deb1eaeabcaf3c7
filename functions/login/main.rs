//! The `login` function: [`Login`] with exactly the ports it needs.

use symbolon::endpoints::Login;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Login {
        registry: world.registry(),
        challenges: world.challenges(),
        members: world.members(),
        sessions: world.sessions(),
        grants: world.grants(),
        notices: world.notices(),
        sender: world.sender(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
