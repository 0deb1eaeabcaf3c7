//! The scope catalogue: the brand's own scopes first, as written, then the standard ones.

use std::collections::BTreeMap;

use super::{
    declaration::{ScopeDeclaration, Texts},
    named::Named,
    setting::{ConfigError, Setting},
    standard_scopes::{STANDARD, StandardScope},
};
use crate::{
    model::{CatalogueScope, Resource, ScopeCatalogue, Text},
    types::Scope,
};

/// Stands for the partner's name in a question.
const APP: &str = "{app}";

pub(super) fn validate(
    at: &Setting,
    declared: Named<ScopeDeclaration>,
    resources: &BTreeMap<String, Resource>,
) -> Result<ScopeCatalogue, ConfigError> {
    let mut entries = Vec::new();
    let mut overrides = BTreeMap::new();
    for (name, scope) in declared {
        if STANDARD.iter().any(|s| s.name == name) {
            overrides.insert(name, scope);
        } else {
            entries.push(brand_scope(&at.key(&name), &name, scope, resources)?);
        }
    }
    for standard in &STANDARD {
        let own = overrides.remove(standard.name).unwrap_or_default();
        entries.push(standard_scope(&at.key(standard.name), standard, own)?);
    }
    Ok(ScopeCatalogue::new(entries))
}

fn brand_scope(
    at: &Setting,
    name: &str,
    declared: ScopeDeclaration,
    resources: &BTreeMap<String, Resource>,
) -> Result<CatalogueScope, ConfigError> {
    let resource = declared
        .resource
        .clone()
        .ok_or_else(|| at.refused("names no `resource` that would honour it"))?;
    let known = resources.get(&resource);
    let known = known.ok_or_else(|| {
        at.key("resource")
            .refused(format!("`{resource}` is not among the resources"))
    })?;
    let entry = entry(at, name, declared)?;
    Ok(CatalogueScope {
        resource: Some(known.identifier.clone()),
        ..entry
    })
}

fn standard_scope(
    at: &Setting,
    standard: &StandardScope,
    mut declared: ScopeDeclaration,
) -> Result<CatalogueScope, ConfigError> {
    at.key("resource").require(
        declared.resource.is_none(),
        "a standard scope belongs to the issuer's own userinfo",
    )?;
    let needed = standard.name == Scope::OPENID && declared.optional;
    at.key("optional")
        .require(!needed, "nobody can sign in without it")?;
    // A brand that changes only the label keeps our detail, and the other way round.
    declared.label.get_or_insert_with(|| standard.label());
    declared.detail.get_or_insert_with(|| standard.detail());
    entry(at, standard.name, declared)
}

fn entry(at: &Setting, name: &str, declared: ScopeDeclaration) -> Result<CatalogueScope, ConfigError> {
    let scope = Scope::parse(name).ok_or_else(|| at.refused("is not a scope of RFC 6749 s3.3"))?;
    let version = declared.version.unwrap_or(1);
    at.key("version").require(version > 0, "versions begin with 1")?;
    let label = declared.label.ok_or_else(|| at.refused("has no `label`"))?;
    let label = text(&at.key("label"), label, false)?;
    let question = declared
        .question
        .map(|texts| text(&at.key("question"), texts, true))
        .transpose()?;
    let detail = declared
        .detail
        .map(|texts| text(&at.key("detail"), texts, false))
        .transpose()?;
    Ok(CatalogueScope {
        scope,
        version,
        question,
        label,
        detail,
        optional: declared.optional,
        resource: None,
    })
}

fn text(at: &Setting, texts: Texts, names_app: bool) -> Result<Text, ConfigError> {
    for (locale, words) in &texts {
        let at = at.key(locale.tag());
        at.readable(words, 200)?;
        at.require(
            !names_app || words.contains(APP),
            format!("does not say {APP}, the name of the partner app"),
        )?;
        let rest = if names_app {
            words.replace(APP, "")
        } else {
            words.clone()
        };
        at.require(!rest.contains(['{', '}']), "has a placeholder that nothing fills")?;
    }
    Text::new(texts).ok_or_else(|| at.refused("has no English text (`en`)"))
}
