//! Signing keys: pending, active, retired, one step at a time.

use symbolon::{
    config::stored_tenant,
    model::{KeyState, KeyStep, KeyWish, Tenant},
    ports::{Advanced, Algorithm},
    types::TenantId,
};
use symbolon_aws::{KeyMaker, KeySource, ListedKey, Made, MakeError};

use crate::{
    ago::{ago, until},
    cli::{AskedStep, KeysRotate},
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
    KeySource::of(tenant, algorithm).ok_or_else(|| {
        let name = algorithm.name();
        Failure::refused(format!("tenants.{}.signing_keys.{name}: is missing", tenant.id))
    })
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
            let source = match key.source {
                KeySource::Wrapped => "wrapped".to_owned(),
                KeySource::Kms(arn) => arn,
            };
            let (algorithm, since) = (key.algorithm.name(), ago(now, key.since));
            say(&format!(
                "{tenant}  {algorithm}  {:7}  {}  since {since}  {source}",
                key.state.name(),
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
    let keys = Keys {
        maker: deployment.key_maker(),
        name: format!("{id}: {}", algorithm.name()),
        source: source(&tenant, algorithm)?,
        deployment,
        tenant,
        options,
    };
    match options.step {
        AskedStep::Publish => keys.publish().await,
        AskedStep::Promote => keys.promote().await,
        AskedStep::Retire => keys.retire().await,
    }
}

/// The keys of one tenant and algorithm, and what is asked of them.
struct Keys<'a> {
    maker: KeyMaker,
    name: String,
    source: KeySource,
    deployment: &'a Deployment,
    tenant: Tenant,
    options: &'a KeysRotate,
}

impl Keys<'_> {
    async fn publish(&self) -> Outcome {
        let name = &self.name;
        let Advanced::Now(_, kid) = self.ask(KeyStep::Publish).await? else {
            let line = format!("{name}: a key is published already; --promote lets it sign");
            return Err(Failure::refused(line));
        };
        say(&format!(
            "{name}: key {kid} published; in 10 min the schedule lets it sign, or --promote"
        ))
    }

    async fn promote(&self) -> Outcome {
        let name = &self.name;
        let Advanced::Now(_, kid) = self.ask(KeyStep::Activate).await? else {
            let what = "is published and waits; without an option, one is made";
            return Err(nothing(name, what));
        };
        say(&format!(
            "{name}: key {kid} signs; in 70 min the schedule stops publishing the one before, or --retire"
        ))
    }

    async fn retire(&self) -> Outcome {
        let name = &self.name;
        let Advanced::Now(_, kid) = self.ask(KeyStep::Withdraw).await? else {
            return Err(nothing(name, "is retired"));
        };
        say(&format!("{name}: key {kid} is no longer published"))?;
        if self.options.hurry {
            // Who may know the key could make hints with it.
            self.ask(KeyStep::Forget).await?;
        }
        Ok(())
    }

    async fn ask(&self, step: KeyStep) -> Outcome<Advanced> {
        let (name, algorithm, now) = (&self.name, self.options.algorithm, self.deployment.now());
        let wish = KeyWish::asked(step, &self.tenant.policy);
        let wish = if self.options.hurry { wish.hurried() } else { wish };
        let advanced = self
            .maker
            .advance(&self.tenant.id, algorithm, &self.source, &wish, now)
            .await;
        match advanced {
            Ok(Advanced::NotBefore(then)) => {
                let when = until(now, then);
                Err(Failure::refused(format!(
                    "{name}: verifiers cannot follow before that: try again {when} (or --now)"
                )))
            }
            Ok(Advanced::Raced) => Err(at(name)(MakeError::Conflict)),
            Ok(advanced) => Ok(advanced),
            Err(MakeError::Taken(_)) => Err(Failure::refused(format!(
                "tenants.{}.signing_keys.{}: is the key that is there; name another and seed",
                self.tenant.id,
                algorithm.name()
            ))),
            Err(error) => Err(at(name)(error)),
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
