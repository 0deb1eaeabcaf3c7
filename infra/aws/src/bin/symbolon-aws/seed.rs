//! From a file to a deployment that answers by it.
//!
//! Everything is checked before anything is written, and a tenant is written last: a host answers once its keys and
//! members are there.

use std::sync::Arc;

use symbolon::{
    config::StoredTenant,
    keyring::Keyring,
    model::{Directory, Tenant},
    ports::Members,
};
use symbolon_aws::{Contents, MadeKeyring, WriteError};

use crate::{
    cli::Seed,
    deployment::Deployment,
    file, keys,
    outcome::{Failure, Outcome, at},
    say,
};

pub(crate) async fn seed(deployment: &Deployment, options: &Seed) -> Outcome {
    let declaration = file::read(&options.config, &options.set)?;
    let in_file = |error| at(options.config.display())(error);
    let configuration = declaration.clone().validate().map_err(in_file)?;
    let seen = contents(deployment).await?;
    for (tenant, _) in &configuration.tenants {
        if let Some(other) = seen.host_taken(tenant) {
            return Err(Failure::refused(format!(
                "{}: {}",
                issuer(tenant),
                WriteError::HostTaken(other)
            )));
        }
    }
    let made = deployment.keyring_maker().create().await;
    say(match made.map_err(at("keyring"))? {
        MadeKeyring::Now => "keyring: made",
        MadeKeyring::Already => "keyring: there",
    })?;
    let keyring = deployment.keyring().await?;
    let stored = declaration.store(&keyring).map_err(in_file)?;
    for tenant in &stored {
        keys::complete(deployment, &tenant.tenant).await?;
        members(deployment, &keyring, tenant).await?;
        write(deployment, tenant, &seen).await?;
    }
    leftovers(deployment, &seen, &stored, options.prune).await
}

pub(crate) async fn contents(deployment: &Deployment) -> Outcome<Contents> {
    let contents = deployment.registry().contents().await;
    contents.map_err(|error| Failure::refused(error.0))
}

async fn members(deployment: &Deployment, keyring: &Arc<Keyring>, stored: &StoredTenant) -> Outcome {
    let tenant = &stored.tenant;
    if tenant.directory != Directory::Table {
        return say(&format!("{}: members are asked for at its directory", tenant.id));
    }
    let (table, import) = deployment.members(keyring);
    let (mut written, mut unchanged) = (0, 0);
    for member in &stored.members {
        let there = table.by_id(&tenant.id, &member.id).await;
        if there.map_err(|error| Failure::refused(error.0))?.as_ref() == Some(member) {
            unchanged += 1;
        } else {
            import.import(&tenant.id, member).await.map_err(at(&tenant.id))?;
            written += 1;
        }
    }
    say(&format!(
        "{}: members: {written} written, {unchanged} unchanged",
        tenant.id
    ))
}

async fn write(deployment: &Deployment, stored: &StoredTenant, seen: &Contents) -> Outcome {
    let written = deployment.registry().write(stored, seen).await;
    let written = written.map_err(at(issuer(&stored.tenant)))?;
    say(&format!(
        "{}: tenant and clients: {} written, {} unchanged; {}",
        stored.tenant.id,
        written.changed,
        written.unchanged,
        stored.tenant.issuer.as_str()
    ))
}

async fn leftovers(
    deployment: &Deployment,
    seen: &Contents,
    stored: &[StoredTenant],
    prune: bool,
) -> Outcome {
    for leftover in seen.leftovers(stored) {
        if prune {
            let removed = deployment.registry().remove(&leftover).await;
            removed.map_err(|error| at(&leftover)(error.0))?;
            say(&format!("removed: {leftover}"))?;
        } else {
            say(&format!("left there: {leftover} (--prune removes it)"))?;
        }
    }
    Ok(())
}

/// The setting to change.
fn issuer(tenant: &Tenant) -> String {
    format!("tenants.{}.issuer", tenant.id)
}
