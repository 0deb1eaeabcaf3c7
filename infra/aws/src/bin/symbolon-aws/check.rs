//! Whether a deployment is what its functions will take it for.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use symbolon::{
    config::{stored_client, stored_tenant},
    keyring::Keyring,
    model::{Custody, KeyState, Tenant},
    ports::Signer,
    types::{Digest, TenantId},
};
use symbolon_aws::Contents;

use crate::{
    deployment::Deployment,
    keys::follows,
    outcome::{Failure, Outcome},
    say,
    seed::contents,
};

/// Lines about what is wrong.
type Findings = Vec<String>;

pub(crate) async fn check(deployment: &Deployment) -> Outcome {
    let mut findings = deployment.inspection().tables_and_key().await;
    let contents = contents(deployment).await?;
    let keyring = match deployment.keyring().await {
        Ok(keyring) => Some(keyring),
        Err(failure) => {
            findings.push(failure.to_string());
            None
        }
    };
    let tenants = tenants(&contents, keyring.as_deref(), &mut findings);
    clients(&contents, &tenants, &mut findings);
    for tenant in tenants.values() {
        keys(deployment, tenant, &mut findings).await;
    }
    findings.extend(
        contents
            .unreadable
            .iter()
            .map(|key| format!("{key}: is no item of this release")),
    );
    for finding in &findings {
        let _ = writeln!(io::stderr(), "{finding}");
    }
    let (brands, apps) = (tenants.len(), contents.clients.len());
    match findings.len() {
        0 => say(&format!("{brands} tenants and {apps} clients: all is well")),
        n => Err(Failure::refused(format!("{n} findings"))),
    }
}

/// The tenants that read back, each where the table says it is.
fn tenants(
    contents: &Contents,
    keyring: Option<&Keyring>,
    findings: &mut Findings,
) -> BTreeMap<TenantId, Tenant> {
    let mut tenants = BTreeMap::new();
    for (authority, item) in &contents.tenants {
        let id = &item.tenant;
        let tenant = match stored_tenant(&item.document, keyring) {
            Ok(tenant) => tenant,
            Err(error) => {
                findings.push(format!("tenant {id} under {authority}: {error}"));
                continue;
            }
        };
        if tenant.id != *id || tenant.issuer.authority() != authority {
            let (other, host) = (&tenant.id, tenant.issuer.authority());
            findings.push(format!(
                "tenant {id} under {authority}: is the document of {other} under {host}"
            ));
        } else if contents.places.get(id) != Some(authority) {
            findings.push(format!(
                "tenant {id} under {authority}: has moved (seed --prune removes it)"
            ));
        } else {
            tenants.insert(id.clone(), tenant);
        }
    }
    let lost = contents
        .places
        .iter()
        .filter(|(_, authority)| !contents.tenants.contains_key(*authority));
    findings.extend(lost.map(|(id, authority)| format!("tenant {id}: nothing is under {authority}")));
    tenants
}

fn clients(contents: &Contents, tenants: &BTreeMap<TenantId, Tenant>, findings: &mut Findings) {
    for ((id, client), document) in &contents.clients {
        let read = match tenants.get(id) {
            Some(tenant) => stored_client(document, tenant).map_err(|error| error.to_string()),
            None if contents.places.contains_key(id) => continue,
            None => Err("is of no tenant".to_owned()),
        };
        match read {
            Ok(read) if read.id == *client => {}
            Ok(read) => findings.push(format!("client {client} of {id}: is the document of {}", read.id)),
            Err(error) => findings.push(format!("client {client} of {id}: {error}")),
        }
    }
}

/// Every algorithm has its key, and the key signs.
async fn keys(deployment: &Deployment, tenant: &Tenant, findings: &mut Findings) {
    let id = &tenant.id;
    let listed = match deployment.key_maker().list(id).await {
        Ok(listed) => listed,
        Err(error) => return findings.push(format!("{id}: {error}")),
    };
    for key in listed.iter().filter(|key| key.state == KeyState::Active) {
        if !follows(tenant, key) {
            findings.push(format!(
                "{id}: {}: signs with another key than its settings name",
                key.algorithm.name()
            ));
        }
    }
    if let Custody::Kms(arns) = &tenant.custody {
        for arn in arns.values() {
            findings.extend(
                deployment
                    .inspection()
                    .key(arn)
                    .await
                    .map(|finding| format!("{id}: {finding}")),
            );
        }
    }
    let signer = deployment.signer();
    for algorithm in &tenant.algorithms {
        let name = format!("{id}: {}", algorithm.name());
        let outcome = match signer.active_key(id, *algorithm).await {
            Ok(Some(key)) => signer
                .sign(id, &key, Digest::of(b"check").as_bytes())
                .await
                .map(drop),
            Ok(None) => {
                findings.push(format!("{name}: no key signs"));
                continue;
            }
            Err(error) => Err(error),
        };
        findings.extend(outcome.err().map(|error| format!("{name}: {}", error.0)));
    }
}
