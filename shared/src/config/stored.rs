//! Documents: a configuration as a table keeps it, one for each brand and one for each partner app.
//!
//! A document is the section of the file in JSON, read back by the very code that reads the file. It holds no secret
//! in clear: a client's secret is a keyed hash, and every other is sealed for its brand and its setting.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    client::{self, Surroundings},
    credentials,
    declaration::{ClientDeclaration, Declaration, TenantDeclaration},
    hidden::{Hidden, Secrecy},
    reading::parse,
    said,
    setting::{ConfigError, Setting},
    tenant, test_numbers,
};
use crate::{
    keyring::Keyring,
    model::{Client, Member, Offers, SecretHash, Tenant},
    types::{ClientId, Digest, TenantId},
};

/// One brand of a configuration, ready to be stored.
#[derive(Debug, Clone)]
pub struct StoredTenant {
    /// What is stored, as it was understood.
    pub tenant: Arc<Tenant>,
    /// Its document.
    pub document: String,
    /// The document of each of its clients.
    pub clients: Vec<(ClientId, String)>,
    /// Members the configuration lists. Their codes are in the brand's document, themselves in none.
    pub members: Vec<Member>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct TenantDocument {
    tenant: TenantId,
    settings: TenantDeclaration,
    /// Those of all its clients: nobody reads every client to answer one preflight.
    allowed_origins: Vec<String>,
    /// The same of what they are registered for, and of metadata.
    offers: Offers,
    /// Which number has which code, sealed as one.
    test_numbers: Option<Hidden>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ClientDocument {
    tenant: TenantId,
    client: ClientId,
    settings: ClientDeclaration,
    /// Its secrets alive, under the keyring's key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    client_secrets: Vec<Digest>,
}

impl Declaration {
    /// Checks everything, and writes the documents of each brand.
    pub fn store(self, keyring: &Keyring) -> Result<Vec<StoredTenant>, ConfigError> {
        let checked = self.clone().validate()?;
        let brands = self.tenants.into_iter().zip(checked.tenants);
        let stored = brands.map(|((_, declared), (tenant, _))| {
            let members = checked.members.iter().filter(|(of, _)| *of == tenant.id);
            Ok(StoredTenant {
                members: members.map(|(_, member)| member.clone()).collect(),
                clients: client_documents(&tenant.id, &declared, keyring)?,
                document: tenant_document(&tenant, declared, keyring)?,
                tenant,
            })
        });
        stored.collect()
    }
}

fn tenant_document(
    tenant: &Tenant,
    mut settings: TenantDeclaration,
    keyring: &Keyring,
) -> Result<String, ConfigError> {
    let at = at(&tenant.id);
    let seal = |at: &Setting, hidden: &mut Hidden| {
        *hidden = hidden.sealed(at, &tenant.id, keyring)?;
        Ok::<_, ConfigError>(())
    };
    for (name, resource) in settings.resources.iter_mut() {
        if let Some(key) = &mut resource.member_key {
            seal(&at.key("resources").key(name).key("member_key"), key)?;
        }
    }
    if let Some(secret) = &mut settings.messages.secret {
        seal(&at.key("messages").key("secret"), secret)?;
    }
    if let Some(directory) = &mut settings.directory {
        seal(&at.key("directory").key("secret"), &mut directory.secret)?;
    }
    let mut test_numbers = test_numbers::write(tenant).map(Hidden::Clear);
    if let Some(numbers) = &mut test_numbers {
        seal(&at.key(test_numbers::NAME), numbers)?;
    }
    let document = TenantDocument {
        tenant: tenant.id.clone(),
        settings,
        allowed_origins: tenant.allowed_origins.clone(),
        offers: tenant.offers.clone(),
        test_numbers,
    };
    write(&at, &document)
}

fn client_documents(
    tenant: &TenantId,
    declared: &TenantDeclaration,
    keyring: &Keyring,
) -> Result<Vec<(ClientId, String)>, ConfigError> {
    let documents = declared.clients.iter().map(|(name, settings)| {
        let at = at(tenant).key("clients").key(name);
        let mut settings = settings.clone();
        let client = ClientId::new(name);
        let digests = credentials::digests(&at, &settings, declared.sandbox)?;
        let keyed = |digest: &Digest| keyring.client_secret(tenant, &client, digest);
        let client_secrets = digests.iter().map(keyed).collect();
        settings.client_secret_digest = None;
        let document = ClientDocument {
            tenant: tenant.clone(),
            client: client.clone(),
            settings,
            client_secrets,
        };
        Ok((client, write(&at, &document)?))
    });
    documents.collect()
}

/// Reads the document of a brand. Without the keyring, what is sealed stays so.
pub fn stored_tenant(document: &str, keyring: Option<&Keyring>) -> Result<Tenant, ConfigError> {
    let document: TenantDocument = parse(&mut serde_json::Deserializer::from_str(document))?;
    let id = document.tenant;
    let at = at(&id);
    let secrecy = Secrecy::Document { tenant: &id, keyring };
    let (sandbox, settings) = (document.settings.sandbox, document.settings);
    at.key("clients")
        .require(settings.clients.is_empty(), "have documents of their own")?;
    at.key("members")
        .require(settings.members.is_empty(), "have no place in a document")?;
    let mut tenant = tenant::alone(&at, id.as_str(), settings, secrecy)?;
    tenant.allowed_origins = document.allowed_origins;
    tenant.offers = document.offers;
    if let Some(hidden) = document.test_numbers {
        let at = at.key(test_numbers::NAME);
        at.require(sandbox, "are for a tenant with `sandbox = true`")?;
        tenant.test_numbers = test_numbers::read(&at, hidden.read(&at, secrecy)?)?;
    }
    Ok(tenant)
}

/// Reads the document of a client, which must be one of this brand.
pub fn stored_client(document: &str, tenant: &Tenant) -> Result<Client, ConfigError> {
    let document: ClientDocument = parse(&mut serde_json::Deserializer::from_str(document))?;
    let at = at(&document.tenant).key("clients").key(document.client.as_str());
    at.require(document.tenant == tenant.id, "is another tenant's")?;
    for (setting, given) in [
        ("client_secret", document.settings.client_secret.is_some()),
        (
            "client_secret_digest",
            document.settings.client_secret_digest.is_some(),
        ),
    ] {
        at.key(setting).require(
            !given,
            "has no place in a document, which holds secrets under a key",
        )?;
    }
    let secrets = document
        .client_secrets
        .into_iter()
        .map(SecretHash::Keyed)
        .collect();
    let surroundings = Surroundings::of(tenant);
    client::validate(
        &at,
        document.client.as_str(),
        document.settings,
        secrets,
        &surroundings,
    )
}

/// Where the settings of a brand stand in the file: what they are sealed for, and what a message names.
fn at(tenant: &TenantId) -> Setting {
    Setting::root("tenants").key(tenant.as_str())
}

fn write(at: &Setting, document: &impl Serialize) -> Result<String, ConfigError> {
    said::json(document).map_err(|error| at.refused(error))
}
