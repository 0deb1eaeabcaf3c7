use crate::{
    jwt::{self, VerificationKey},
    model::{Client, ClientJwks},
    ports::{ClientKeys, PortResult},
};

/// The client's public keys that may have signed `token`, each in an algorithm that this client may sign with.
pub(in crate::endpoints) async fn keys_of(
    client_keys: &dyn ClientKeys,
    client: &Client,
    token: &str,
) -> PortResult<Vec<VerificationKey>> {
    let published;
    let keys = match &client.jwks {
        None => return Ok(Vec::new()),
        Some(ClientJwks::Registered(keys)) => keys,
        Some(ClientJwks::PublishedAt(uri)) => {
            published = client_keys
                .published_at(uri, jwt::kid_of(token).as_deref())
                .await?;
            &published
        }
    };
    let ways = keys.iter().flat_map(VerificationKey::of_client);
    Ok(ways.filter(|way| client.signs_with(way.algorithm())).collect())
}
