//! The `userinfo` function: [`Userinfo`] with exactly the ports it needs.

use symbolon::endpoints::Userinfo;
use symbolon_aws::{World, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &World| Userinfo {
        registry: world.registry(),
        grants: world.grants(),
        members: world.members(),
        assertions: world.assertions(),
        public_keys: world.public_keys(),
        signer: world.signer(),
        clock: world.clock(),
        random: world.random(),
        keyring: world.keyring(),
    })
    .await
}
