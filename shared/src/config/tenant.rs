//! One brand: its issuer, countries, algorithms, and everything below them.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    brand, catalogue,
    client::{self, Surroundings},
    declaration::{Named, ResourceDeclaration, TenantDeclaration},
    member, policy,
    setting::{ConfigError, Setting},
    uri,
};
use crate::{
    model::{Client, Issuer, Member, Resource, Tenant},
    ports::Algorithm,
    types::{Country, Locale, Secret, TenantId},
};

pub(super) fn validate(
    at: &Setting,
    name: &str,
    declared: TenantDeclaration,
) -> Result<(Tenant, Vec<Client>, Vec<Member>), ConfigError> {
    at.name(name, 64, b"-")?;
    let issuer = Issuer::parse(&declared.issuer).ok_or_else(|| {
        at.key("issuer")
            .refused("is not https://host or https://host:port (http is for names under localhost)")
    })?;
    let countries = countries(&at.key("countries"), &declared.countries)?;
    let algorithms = algorithms(&at.key("algorithms"), declared.algorithms)?;
    let brand = brand::validate(&at.key("brand"), declared.brand)?;
    let policy = policy::validate(&at.key("policy"), declared.policy)?;
    let resources = resources(&at.key("resources"), declared.resources, &issuer)?;
    let scopes = catalogue::validate(&at.key("scopes"), declared.scopes, &resources)?;
    let (members, test_numbers) =
        member::validate(&at.key("members"), declared.members, &countries, declared.sandbox)?;
    let surroundings = Surroundings {
        scopes: &scopes,
        algorithms: &algorithms,
    };
    let clients = declared.clients.into_iter().map(|(name, declared)| {
        let at = at.key("clients").key(&name);
        client::validate(&at, &name, declared, &surroundings)
    });
    let clients = clients.collect::<Result<Vec<_>, _>>()?;
    let origins: BTreeSet<_> = clients
        .iter()
        .flat_map(|client| client.allowed_origins.iter().cloned())
        .collect();
    let tenant = Tenant {
        id: TenantId::new(name),
        issuer,
        brand,
        default_locale: declared.default_locale.unwrap_or(Locale::En),
        countries,
        scopes,
        resources: resources.into_values().collect(),
        algorithms,
        policy,
        allowed_origins: origins.into_iter().collect(),
        test_numbers,
    };
    Ok((tenant, clients, members))
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

fn resources(
    at: &Setting,
    declared: Named<ResourceDeclaration>,
    issuer: &Issuer,
) -> Result<BTreeMap<String, Resource>, ConfigError> {
    let mut resources: BTreeMap<String, Resource> = BTreeMap::new();
    for (name, declared) in declared {
        let at = at.key(&name);
        let identifier = declared.identifier;
        uri::link(&at.key("identifier"), &identifier)?;
        // RFC 8707 s2; and a token for userinfo must not be one for somebody's API.
        at.key("identifier")
            .require(!identifier.contains('#'), "has a fragment")?;
        at.key("identifier")
            .require(identifier != issuer.as_str(), "is the issuer itself")?;
        let taken = resources.values().any(|r| r.identifier == identifier);
        at.key("identifier").require(!taken, "is another resource's")?;
        let member_key = declared
            .member_key
            .map(|text| key(&at.key("member_key"), &text))
            .transpose()?;
        resources.insert(
            name,
            Resource {
                identifier,
                member_key,
            },
        );
    }
    Ok(resources)
}

fn key(at: &Setting, text: &str) -> Result<Secret<[u8; 32]>, ConfigError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(Secret::new)
        .ok_or_else(|| at.refused("is not 32 bytes in unpadded base64url"))
}
