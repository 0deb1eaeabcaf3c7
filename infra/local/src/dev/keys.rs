//! `GET /dev/keys` and `POST /dev/keys/rotate`: what `symbolon keys` asks the running server, whose files these are.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as value};
use symbolon::{
    endpoints::Rotate,
    model::{KeyStep, KeyWish, Tenant},
    ports::{Advanced, Algorithm, PortResult, Unavailable},
    types::TenantId,
};

use super::answer::{json, problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    tenant: String,
    algorithm: Algorithm,
    #[serde(default)]
    step: Step,
    /// Without waiting for verifiers.
    #[serde(default)]
    now: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Step {
    #[default]
    Publish,
    Promote,
    Retire,
}

pub(super) async fn list(rotate: &Rotate) -> Response<Bytes> {
    match listed(rotate).await {
        Ok(keys) => json(StatusCode::OK, Some(&Value::Array(keys))),
        Err(cause) => problem(StatusCode::SERVICE_UNAVAILABLE, &cause.0),
    }
}

async fn listed(rotate: &Rotate) -> PortResult<Vec<Value>> {
    let mut all = Vec::new();
    for tenant in rotate.signing_keys.tenants().await? {
        for algorithm in &tenant.algorithms {
            for key in rotate.signing_keys.keys(&tenant, *algorithm).await? {
                all.push(value!({
                    "tenant": tenant.id,
                    "algorithm": algorithm,
                    "state": key.state,
                    "since": key.since,
                    "kid": key.kid,
                }));
            }
        }
    }
    Ok(all)
}

pub(super) async fn rotate(rotate: &Rotate, body: &Bytes) -> Response<Bytes> {
    let asked: Asked = match serde_json::from_slice(body) {
        Ok(asked) => asked,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let tenant = match tenant(rotate, &asked.tenant).await {
        Ok(Some(tenant)) => tenant,
        Ok(None) => {
            return problem(
                StatusCode::CONFLICT,
                &format!("there is no tenant `{}`", asked.tenant),
            );
        }
        Err(Unavailable(cause)) => return problem(StatusCode::SERVICE_UNAVAILABLE, &cause),
    };
    let name = format!("{}: {}", tenant.id, asked.algorithm.name());
    if !tenant.algorithms.contains(&asked.algorithm) {
        return problem(
            StatusCode::CONFLICT,
            &format!("{name}: is not among `algorithms`"),
        );
    }
    match taken(rotate, &tenant, &asked).await {
        Ok(Ok(done)) => json(
            StatusCode::OK,
            Some(&value!({ "done": format!("{name}: {done}") })),
        ),
        Ok(Err(cause)) => problem(StatusCode::CONFLICT, &format!("{name}: {cause}")),
        Err(Unavailable(cause)) => problem(StatusCode::SERVICE_UNAVAILABLE, &cause),
    }
}

async fn tenant(rotate: &Rotate, name: &str) -> PortResult<Option<Arc<Tenant>>> {
    let name = TenantId::new(name);
    let mut tenants = rotate.signing_keys.tenants().await?.into_iter();
    Ok(tenants.find(|tenant| tenant.id == name))
}

/// What was done, or why it was not.
async fn taken(rotate: &Rotate, tenant: &Tenant, asked: &Asked) -> PortResult<Result<String, String>> {
    let step = match asked.step {
        Step::Publish => KeyStep::Publish,
        Step::Promote => KeyStep::Activate,
        Step::Retire => KeyStep::Withdraw,
    };
    let wish = |step| {
        let wish = KeyWish::asked(step, &tenant.policy);
        if asked.now { wish.hurried() } else { wish }
    };
    let advanced = rotate.ask(tenant, asked.algorithm, &wish(step)).await?;
    if asked.now && step == KeyStep::Withdraw {
        // Who may know the key could make hints with it.
        rotate
            .ask(tenant, asked.algorithm, &wish(KeyStep::Forget))
            .await?;
    }
    Ok(match advanced {
        Advanced::Now(KeyStep::Withdraw | KeyStep::Forget, kid) => {
            Ok(format!("key {kid} is no longer published"))
        }
        Advanced::Now(KeyStep::Activate, kid) => Ok(format!("key {kid} signs")),
        Advanced::Now(KeyStep::Make | KeyStep::Publish, kid) => Ok(format!("key {kid} published")),
        Advanced::NotBefore(at) => {
            let seconds = at.seconds_since(rotate.clock.now());
            Err(format!(
                "verifiers cannot follow for another {seconds} s (or --now)"
            ))
        }
        Advanced::Raced => Err("somebody else changed the keys at the same time".to_owned()),
        Advanced::Nothing => Err(match asked.step {
            Step::Publish => "a key is published already; --promote lets it sign",
            Step::Promote => "no key is published and waits; without an option, one is made",
            Step::Retire => "no key is retired",
        }
        .to_owned()),
    })
}
