//! Signing, for every endpoint whose struct holds a `Signer`.

use serde::Serialize;

use crate::{
    jwt::Unsigned,
    model::Tenant,
    ports::{Algorithm, Signer, SigningKey},
    wire::error::Fault,
};

/// A JWS of these claims under the tenant's active key. `typ` is the media type without `application/`.
pub(super) async fn sign(
    signer: &dyn Signer,
    tenant: &Tenant,
    algorithm: Algorithm,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, Fault> {
    let missing = || Fault::server(format!("{} has no active {} key", tenant.id, algorithm.name()));
    let key: SigningKey = signer
        .active_key(&tenant.id, algorithm)
        .await?
        .ok_or_else(missing)?;
    let unsigned =
        Unsigned::new(&key, typ, claims).ok_or_else(|| Fault::server("claims do not serialise"))?;
    let signature = signer.sign(&tenant.id, &key, &unsigned.digest()).await?;
    Ok(unsigned.with_signature(&signature))
}
