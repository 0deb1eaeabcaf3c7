//! Resource indicators (RFC 8707): for which of the brand's APIs a token is.

use std::collections::BTreeSet;

use crate::{
    model::Tenant,
    types::{Scope, ScopeSet},
    wire::{
        error::{ErrorCode, Fault},
        params::Params,
    },
};

/// Where a request says its tokens are to be taken: each a place its scopes lead to, the provider itself among them.
/// None named: all of them.
pub(super) fn requested(params: &Params, tenant: &Tenant, scope: &ScopeSet) -> Result<Vec<String>, Fault> {
    let named: BTreeSet<&str> = params.all("resource").filter(|r| !r.is_empty()).collect();
    let within = audience(tenant, scope, &[]);
    let known = |resource: &&str| within.contains(resource);
    if named.iter().all(known) {
        Ok(named.into_iter().map(str::to_owned).collect())
    } else {
        Err(Fault::new(
            ErrorCode::InvalidTarget,
            "resource is not a place that a requested scope leads to",
        ))
    }
}

/// What a token request narrows them down to (RFC 8707 s2.2): for this answer only.
pub(super) fn narrowed(
    params: &Params,
    tenant: &Tenant,
    scope: &ScopeSet,
    granted: &[String],
) -> Result<Vec<String>, Fault> {
    let asked = requested(params, tenant, scope)?;
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    if granted.is_empty() || asked.iter().all(|resource| granted.contains(resource)) {
        Ok(asked)
    } else {
        Err(Fault::new(
            ErrorCode::InvalidTarget,
            "resource exceeds what was granted",
        ))
    }
}

/// The scopes that mean something at these places, or in the answer itself.
pub(super) fn applicable(tenant: &Tenant, scope: &ScopeSet, resources: &[String]) -> ScopeSet {
    let leads_elsewhere = |scope: &Scope| {
        let leads_to = tenant.scopes.get(scope).and_then(|entry| entry.resource.as_ref());
        leads_to.is_some_and(|resource| !resources.contains(resource))
    };
    let applies = |scope: &&Scope| resources.is_empty() || !leads_elsewhere(scope);
    scope.iter().filter(applies).cloned().collect()
}

/// Where a token with these scopes is taken (RFC 9068 s2.2): exactly where its request named; or else at the brand's
/// APIs, and at userinfo with `openid`.
pub(super) fn audience<'a>(tenant: &'a Tenant, scope: &ScopeSet, named: &'a [String]) -> Vec<&'a str> {
    if !named.is_empty() {
        return named.iter().map(String::as_str).collect();
    }
    let mut audience = led_to(tenant, scope);
    if scope.contains(Scope::OPENID) || audience.is_empty() {
        audience.insert(0, tenant.issuer.as_str());
    }
    audience
}

/// The APIs that these scopes lead to.
pub(super) fn led_to<'a>(tenant: &'a Tenant, scope: &ScopeSet) -> Vec<&'a str> {
    let resources = tenant.resources.iter().map(|r| r.identifier.as_str());
    resources
        .filter(|resource| {
            let mut entries = tenant.scopes.entries_of(scope);
            entries.any(|e| e.resource.as_deref() == Some(resource))
        })
        .collect()
}
