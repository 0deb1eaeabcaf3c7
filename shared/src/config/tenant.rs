//! One brand: its issuer, countries, algorithms, and everything below them.

use std::collections::BTreeSet;

use super::{
    brand, catalogue,
    client::{self, Surroundings},
    connector, credentials, custody,
    declaration::{DirectoryDeclaration, TenantDeclaration},
    hidden::Secrecy,
    member, messages, policy, resources,
    setting::{ConfigError, Setting},
};
use crate::{
    model::{Client, Directory, Issuer, Member, Offers, SecretHash, Tenant},
    ports::Algorithm,
    types::{Country, Locale, Sealable, TenantId},
};

/// The brand with all that is written below it.
pub(super) fn validate(
    at: &Setting,
    name: &str,
    mut declared: TenantDeclaration,
) -> Result<(Tenant, Vec<Client>, Vec<Member>), ConfigError> {
    let clients = std::mem::take(&mut declared.clients);
    let members = std::mem::take(&mut declared.members);
    let sandbox = declared.sandbox;
    let mut tenant = alone(at, name, declared, Secrecy::File)?;
    at.key("members").require(
        tenant.directory == Directory::Table || members.is_empty(),
        "lists members, but `directory` says who knows them",
    )?;
    let (members, test_numbers) = member::validate(&at.key("members"), members, &tenant.countries, sandbox)?;
    let surroundings = Surroundings::of(&tenant);
    let clients = clients.into_iter().map(|(name, declared)| {
        let at = at.key("clients").key(&name);
        let secrets = credentials::digests(&at, &declared, sandbox)?;
        let secrets = secrets.into_iter().map(SecretHash::Plain).collect();
        client::validate(&at, &name, declared, secrets, &surroundings)
    });
    let clients = clients.collect::<Result<Vec<_>, _>>()?;
    let origins: BTreeSet<_> = clients
        .iter()
        .flat_map(|client| client.allowed_origins.iter().cloned())
        .collect();
    tenant.allowed_origins = origins.into_iter().collect();
    tenant.offers = Offers::of(&clients);
    tenant.test_numbers = Sealable::Open(test_numbers);
    Ok((tenant, clients, members))
}

/// The brand without its clients and members, and so without what follows from them.
pub(super) fn alone(
    at: &Setting,
    name: &str,
    declared: TenantDeclaration,
    secrecy: Secrecy<'_>,
) -> Result<Tenant, ConfigError> {
    at.name(name, 64, b"-")?;
    let issuer = Issuer::parse(&declared.issuer).ok_or_else(|| {
        at.key("issuer")
            .refused("is not https://host or https://host:port (http is for names under localhost)")
    })?;
    let countries = countries(&at.key("countries"), &declared.countries)?;
    let algorithms = algorithms(&at.key("algorithms"), declared.algorithms)?;
    let resources = resources::validate(&at.key("resources"), declared.resources, &issuer, secrecy)?;
    Ok(Tenant {
        id: TenantId::new(name),
        brand: brand::validate(&at.key("brand"), declared.brand)?,
        default_locale: declared.default_locale.unwrap_or(Locale::En),
        scopes: catalogue::validate(&at.key("scopes"), declared.scopes, &resources)?,
        resources: resources.into_values().collect(),
        custody: custody::validate(at, declared.custody, declared.signing_keys, &algorithms)?,
        policy: policy::validate(&at.key("policy"), declared.policy)?,
        messages: messages::validate(
            &at.key("messages"),
            declared.messages,
            &countries,
            secrecy,
            &issuer,
        )?,
        suspended: declared.suspended,
        requires_pushed_requests: declared.require_pushed_authorization_requests,
        directory: directory(
            &at.key("directory"),
            declared.directory.as_ref(),
            secrecy,
            &issuer,
        )?,
        issuer,
        countries,
        algorithms,
        allowed_origins: Vec::new(),
        offers: Offers::default(),
        test_numbers: Sealable::default(),
    })
}

fn countries(at: &Setting, declared: &[String]) -> Result<Vec<&'static Country>, ConfigError> {
    at.require(!declared.is_empty(), "lists no country, so nobody could sign in")?;
    at.distinct(declared)?;
    let known = |(index, iso): (usize, &String)| {
        Country::by_iso(iso).ok_or_else(|| {
            at.at(index)
                .refused(format!("`{iso}` is not a country whose numbers are known"))
        })
    };
    declared.iter().enumerate().map(known).collect()
}

fn algorithms(at: &Setting, declared: Option<Vec<Algorithm>>) -> Result<Vec<Algorithm>, ConfigError> {
    let algorithms = declared.unwrap_or_else(|| vec![Algorithm::Rs256]);
    at.distinct(&algorithms.iter().map(|a| a.name()).collect::<Vec<_>>())?;
    // Core s15.1: every provider signs with RS256; discovery promises it.
    at.require(
        algorithms.contains(&Algorithm::Rs256),
        "lacks RS256, which every issuer must offer",
    )?;
    Ok(algorithms)
}

fn directory(
    at: &Setting,
    declared: Option<&DirectoryDeclaration>,
    secrecy: Secrecy<'_>,
    issuer: &Issuer,
) -> Result<Directory, ConfigError> {
    let Some(declared) = declared else {
        return Ok(Directory::Table);
    };
    connector::validate(at, &declared.url, &declared.secret, secrecy, issuer).map(Directory::Connector)
}
