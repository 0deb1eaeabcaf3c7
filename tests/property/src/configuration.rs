//! The configuration: an operator's file in TOML, and the documents that a table keeps of it.

use symbolon::{
    config::{
        ConfigError, Configuration, Declaration, StoredTenant, fill, misread, stored_client, stored_tenant,
    },
    keyring::Keyring,
    model::{Client, ClientAuthentication, SecretHash, Tenant},
    types::Digest,
};

use crate::sealed::keyring;

/// A file, which is tried as a stored document too.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let ring = keyring(data);
    document(text, &ring);
    match toml::from_str::<toml::Table>(&fill(text, "http", 4444)) {
        Ok(table) => file(&table, &ring),
        Err(error) => {
            let at = error.span().map(|span| span.start);
            is_one_line(&misread(text, at, error.message()));
        }
    }
}

fn is_one_line(refusal: &str) {
    assert!(
        !refusal.is_empty() && !refusal.contains(['\n', '\r']),
        "{refusal:?}"
    );
}

fn refused(error: &ConfigError) {
    is_one_line(&error.to_string());
}

fn file(table: &toml::Table, ring: &Keyring) {
    let declared = match Declaration::read(toml::Value::Table(table.clone())) {
        Ok(declared) => declared,
        Err(error) => return refused(&error),
    };
    match declared.clone().validate() {
        Ok(configuration) => {
            stands(&configuration);
            let stored = declared.store(ring).unwrap();
            assert_eq!(stored.len(), configuration.tenants.len());
            for (brand, (tenant, clients)) in stored.iter().zip(&configuration.tenants) {
                assert_eq!(format!("{:?}", brand.tenant), format!("{tenant:?}"));
                holds_no_secret(brand, table);
                let read = reads_back(brand, ring);
                assert_eq!(brand.clients.len(), clients.len());
                for ((id, document), client) in brand.clients.iter().zip(clients) {
                    assert_eq!(*id, client.id);
                    let read = stored_client(document, &read).unwrap();
                    let kept = Client {
                        authentication: kept(&client.authentication, |digest| {
                            ring.client_secret(&brand.tenant.id, id, digest)
                        }),
                        ..Client::clone(client)
                    };
                    assert_eq!(format!("{read:?}"), format!("{kept:?}"));
                }
            }
        }
        Err(error) => {
            refused(&error);
            assert_eq!(declared.store(ring).map(drop).unwrap_err(), error);
        }
    }
}

/// A secret is stored under a key.
fn kept(declared: &ClientAuthentication, keyed: impl Fn(&Digest) -> Digest) -> ClientAuthentication {
    let all = |hashes: &[SecretHash]| {
        let one = |hash: &SecretHash| match hash {
            SecretHash::Plain(digest) | SecretHash::Keyed(digest) => SecretHash::Keyed(keyed(digest)),
        };
        hashes.iter().map(one).collect()
    };
    match declared {
        ClientAuthentication::SecretBasic(hashes) => ClientAuthentication::SecretBasic(all(hashes)),
        ClientAuthentication::SecretPost(hashes) => ClientAuthentication::SecretPost(all(hashes)),
        other => other.clone(),
    }
}

/// What no configuration may say, however it is written.
fn stands(configuration: &Configuration) {
    assert!(!configuration.tenants.is_empty());
    let mut hosts: Vec<&str> = configuration
        .tenants
        .iter()
        .map(|(tenant, _)| tenant.issuer.host())
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    assert_eq!(
        hosts.len(),
        configuration.tenants.len(),
        "two brands share a host"
    );
    for (tenant, clients) in &configuration.tenants {
        assert!(!tenant.countries.is_empty());
        for client in clients {
            assert!(!client.redirect_uris.is_empty() && !client.scopes.is_empty());
            assert!(client.scopes.is_subset(&tenant.scopes.all()));
            assert!(tenant.algorithms.contains(&client.id_token_algorithm));
        }
    }
}

/// With the keyring it is the brand itself; without, one whose secrets are sealed.
fn reads_back(brand: &StoredTenant, ring: &Keyring) -> Tenant {
    let read = stored_tenant(&brand.document, Some(ring)).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", brand.tenant));
    let sealed = stored_tenant(&brand.document, None).unwrap();
    assert_eq!(sealed.id, read.id);
    read
}

/// Long values of the settings that are secret, as the file has them, are in no document.
fn holds_no_secret(brand: &StoredTenant, table: &toml::Table) {
    let documents = || {
        brand
            .clients
            .iter()
            .map(|(_, document)| document)
            .chain([&brand.document])
    };
    let of_brand = table["tenants"].get(brand.tenant.id.as_str()).unwrap();
    let mut open = vec![of_brand];
    while let Some(value) = open.pop() {
        let Some(settings) = value.as_table() else {
            continue;
        };
        for (name, value) in settings {
            let secret = ["client_secret", "member_key", "secret"].contains(&name.as_str());
            if let Some(text) = value.as_str().filter(|text| secret && text.len() > 15) {
                let json = serde_json::to_string(text).unwrap();
                assert!(!documents().any(|document| document.contains(&json)), "{name}");
            }
            open.push(value);
        }
    }
}

/// Whatever lies in the table.
fn document(text: &str, ring: &Keyring) {
    for ring in [Some(ring), None] {
        match stored_tenant(text, ring) {
            Ok(tenant) => drop(stored_client(text, &tenant).map_err(|error| refused(&error))),
            Err(error) => refused(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = include_str!("../../fuzz/seeds/configuration/brand.toml");

    /// One line of the file written in another way, or left out.
    fn changed(at: usize, value: Option<String>) -> String {
        let lines: Vec<&str> = FILE.lines().collect();
        let at = at % lines.len();
        let line = value.map(|value| match lines[at].split_once(" = ") {
            Some((name, _)) => format!("{name} = {value}"),
            None => value,
        });
        let before = lines[..at].iter().map(|line| (*line).to_owned());
        let after = lines[at + 1..].iter().map(|line| (*line).to_owned());
        before.chain(line).chain(after).collect::<Vec<_>>().join("\n")
    }

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn one_changed_setting_is_taken_or_refused_by_one_line(
            at in any::<usize>(),
            value in prop::option::of("\"\\PC{0,8}\"|-?[0-9]{1,19}|true|\\[\\]|\\[\"[a-z:/.]{0,8}\"\\]|\\{[a-z]{0,2}\\}|[a-z\\[\\]=\".]{0,9}"),
        ) {
            holds(changed(at, value).as_bytes());
        }

        #[test]
        fn se3_a_damaged_document_is_refused_by_one_line(at in any::<usize>(), with in "[\\[\\]{}\",:a0]?") {
            let table: toml::Table = toml::from_str(FILE).unwrap();
            let ring = keyring(b"");
            let stored = Declaration::read(toml::Value::Table(table)).unwrap().store(&ring).unwrap();
            let document = &stored[0].document;
            let at = at % document.len();
            if document.is_char_boundary(at) && document.is_char_boundary(at + 1) {
                holds(format!("{}{with}{}", &document[..at], &document[at + 1..]).as_bytes());
            }
        }
    }
}
