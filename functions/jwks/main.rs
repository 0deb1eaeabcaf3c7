//! The `jwks` function: [`Jwks`] with exactly the ports it needs.

use symbolon::endpoints::Jwks;
use symbolon_aws::{PublicWorld, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    serve(|world: &PublicWorld| Jwks {
        registry: world.registry(),
        public_keys: world.public_keys(),
        random: world.random(),
    })
    .await
}
