//! The `account` function: [`Account`] with exactly the ports it needs.

use symbolon::endpoints::Account;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Account {
        registry: world.registry(),
        sessions: world.sessions(),
        members: world.members(),
        grants: world.grants(),
        notices: world.notices(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
