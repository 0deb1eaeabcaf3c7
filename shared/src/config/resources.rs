//! The brand's APIs that take its access tokens.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    declaration::ResourceDeclaration,
    hidden::{Hidden, Secrecy},
    named::Named,
    setting::{ConfigError, Setting},
    uri,
};
use crate::{
    model::{Issuer, Resource},
    types::{Sealable, Secret},
};

pub(super) fn validate(
    at: &Setting,
    declared: Named<ResourceDeclaration>,
    issuer: &Issuer,
    secrecy: Secrecy<'_>,
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
            .map(|hidden| key(&at.key("member_key"), &hidden, secrecy))
            .transpose()?;
        resources.insert(
            name.clone(),
            Resource {
                name,
                identifier,
                member_key,
            },
        );
    }
    Ok(resources)
}

fn key(
    at: &Setting,
    hidden: &Hidden,
    secrecy: Secrecy<'_>,
) -> Result<Sealable<Secret<[u8; 32]>>, ConfigError> {
    hidden.read(at, secrecy)?.try_map(|text| {
        let bytes = URL_SAFE_NO_PAD.decode(text.expose()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Secret::new)
            .ok_or_else(|| at.refused("is not 32 bytes in unpadded base64url"))
    })
}
