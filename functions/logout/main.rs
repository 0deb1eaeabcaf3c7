//! The `logout` function: [`Logout`] with exactly the ports it needs.

use symbolon::endpoints::Logout;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Logout {
        registry: world.registry(),
        sessions: world.sessions(),
        grants: world.grants(),
        notices: world.notices(),
        public_keys: world.public_keys(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
