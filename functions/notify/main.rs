//! The `notify` function: [`Notify`] with exactly the ports it needs, behind the queue of notices.

use symbolon::endpoints::Notify;
use symbolon_aws::{World, serve_notices};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve_notices(|world: &World| Notify {
        registry: world.registry(),
        signer: world.signer(),
        partners: world.partners(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
