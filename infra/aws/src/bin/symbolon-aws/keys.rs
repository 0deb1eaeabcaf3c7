//! Signing keys: pending, active, retired, one step at a time.

use symbolon::{
    config::stored_tenant,
    model::{Custody, Tenant},
    ports::Algorithm,
    types::{KeyId, TenantId},
};
use symbolon_aws::{KeySource, KeyState, ListedKey, Made, MakeError};

use crate::{
    ago::{ago, until},
    cli::{KeyStep, KeysRotate},
    deployment::Deployment,
    outcome::{Failure, Outcome, at},
    say,
    seed::contents,
};

/// Makes what keys a tenant lacks.
pub(crate) async fn complete(deployment: &Deployment, tenant: &Tenant) -> Outcome {
    let maker = deployment.key_maker();
    for algorithm in &tenant.algorithms {
        let name = format!("{}: {}", tenant.id, algorithm.name());
        let source = source(tenant, *algorithm)?;
        let made = maker
            .first(&tenant.id, *algorithm, &source)
            .await
            .map_err(at(&name))?;
        match made {
            Made::Now(kid) => say(&format!("{name}: key {kid} made"))?,
            Made::Already(kid) => say(&format!("{name}: key {kid} there"))?,
        }
    }
    let listed = maker.list(&tenant.id).await.map_err(at(&tenant.id))?;
    for key in listed.iter().filter(|key| key.state == KeyState::Active) {
        if !follows(tenant, key) {
            say(&format!(
                "{}: {}: `keys rotate` takes the key in that the file names now",
                tenant.id,
                key.algorithm.name()
            ))?;
        }
    }
    Ok(())
}

/// Whether a key is where the tenant's settings say.
pub(crate) fn follows(tenant: &Tenant, key: &ListedKey) -> bool {
    !tenant.algorithms.contains(&key.algorithm)
        || source(tenant, key.algorithm).is_ok_and(|wanted| match wanted {
            KeySource::Wrapped => key.source == KeySource::Wrapped,
            arn @ KeySource::Kms(_) => key.source == arn,
        })
}

/// Where a new key of a tenant comes from.
fn source(tenant: &Tenant, algorithm: Algorithm) -> Outcome<KeySource> {
    match &tenant.custody {
        Custody::Wrapped => Ok(KeySource::Wrapped),
        Custody::Kms(keys) => keys.get(&algorithm).cloned().map(KeySource::Kms).ok_or_else(|| {
            let name = algorithm.name();
            Failure::refused(format!("tenants.{}.signing_keys.{name}: is missing", tenant.id))
        }),
    }
}

pub(crate) async fn list(deployment: &Deployment, only: Option<&TenantId>) -> Outcome {
    let contents = contents(deployment).await?;
    let tenants: Vec<&TenantId> = match only {
        Some(tenant) if !contents.places.contains_key(tenant) => return Err(unknown(tenant)),
        Some(tenant) => vec![tenant],
        None => contents.places.keys().collect(),
    };
    let now = deployment.now();
    for tenant in tenants {
        for key in deployment.key_maker().list(tenant).await.map_err(at(tenant))? {
            let state = match key.state {
                KeyState::Pending => "pending",
                KeyState::Active => "active",
                KeyState::Retired => "retired",
            };
            let source = match key.source {
                KeySource::Wrapped => "wrapped".to_owned(),
                KeySource::Kms(arn) => arn,
            };
            let (algorithm, since) = (key.algorithm.name(), ago(now, key.since));
            say(&format!(
                "{tenant}  {algorithm}  {state:7}  {}  since {since}  {source}",
                key.kid
            ))?;
        }
    }
    Ok(())
}

pub(crate) async fn rotate(deployment: &Deployment, options: &KeysRotate) -> Outcome {
    let (id, algorithm) = (&options.tenant, options.algorithm);
    let tenant = tenant(deployment, id).await?;
    if !tenant.algorithms.contains(&algorithm) {
        let name = algorithm.name();
        return Err(Failure::refused(format!(
            "--algorithm {name}: is not among `algorithms` of tenant `{id}`"
        )));
    }
    let maker = deployment.key_maker();
    let name = format!("{id}: {}", algorithm.name());
    let keys = maker.list(id).await.map_err(at(&name))?;
    let in_state = |state| {
        let wanted = move |key: &&ListedKey| key.algorithm == algorithm && key.state == state;
        keys.iter().filter(wanted).map(|key| &key.kid)
    };
    let too_early = |error| match error {
        MakeError::TooEarly(then) => {
            let when = until(deployment.now(), then);
            Failure::refused(format!(
                "{name}: verifiers cannot follow before that: try again {when} (or --now)"
            ))
        }
        error => at(&name)(error),
    };
    match options.step {
        KeyStep::Publish => {
            if let Some(kid) = in_state(KeyState::Pending).next() {
                let line = format!("{name}: key {kid} is published already; --promote lets it sign");
                return Err(Failure::refused(line));
            }
            let source = source(&tenant, algorithm)?;
            let kid = maker
                .next(id, algorithm, &source)
                .await
                .map_err(|error| match (&source, error) {
                    (KeySource::Kms(_), MakeError::Taken(_)) => Failure::refused(format!(
                        "tenants.{id}.signing_keys.{}: is the key that is there; name another and seed",
                        algorithm.name()
                    )),
                    (_, error) => at(&name)(error),
                })?;
            say(&format!(
                "{name}: key {kid} published; in 10 min --promote lets it sign"
            ))
        }
        KeyStep::Promote => {
            let Some(kid) = in_state(KeyState::Pending).next() else {
                return Err(nothing(
                    &name,
                    "is published and waits; without an option, one is made",
                ));
            };
            maker.activate(id, kid, options.wait).await.map_err(too_early)?;
            say(&format!(
                "{name}: key {kid} signs; in 70 min --retire stops publishing the one before"
            ))
        }
        KeyStep::Retire => {
            let retired: Vec<&KeyId> = in_state(KeyState::Retired).collect();
            if retired.is_empty() {
                return Err(nothing(&name, "is retired"));
            }
            for kid in retired {
                maker.forget(id, kid, options.wait).await.map_err(too_early)?;
                say(&format!("{name}: key {kid} is no longer published"))?;
            }
            Ok(())
        }
    }
}

async fn tenant(deployment: &Deployment, id: &TenantId) -> Outcome<Tenant> {
    let contents = contents(deployment).await?;
    let place = contents.places.get(id).ok_or_else(|| unknown(id))?;
    let document = contents.tenants.get(place).map(|item| item.document.as_str());
    // Where its keys are is no secret.
    let read = stored_tenant(document.unwrap_or_default(), None);
    read.map_err(at(format!("tenant {id} does not read back")))
}

fn unknown(tenant: &TenantId) -> Failure {
    Failure::refused(format!("--tenant {tenant}: there is no such tenant"))
}

fn nothing(name: &str, what: &str) -> Failure {
    Failure::refused(format!("{name}: no key {what}"))
}
