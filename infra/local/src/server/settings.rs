//! The configuration file: TOML on one machine.

use std::fs;

use serde::Deserialize;
use symbolon::config::{self, Configuration};

use super::{ConfigSource, StartError};
use crate::demo::DemoSettings;

/// The demo's tenants, and the example of a configuration file.
const DEMO: &str = include_str!("../../demo.toml");

pub(super) struct Settings {
    pub(super) configuration: Configuration,
    pub(super) demo: DemoSettings,
}

/// Reads and checks. `scheme` and `port` are what the server listens on.
pub(super) fn read(source: &ConfigSource, scheme: &str, port: u16) -> Result<Settings, StartError> {
    let (name, text) = match source {
        ConfigSource::Demo => ("demo.toml".to_owned(), DEMO.to_owned()),
        ConfigSource::Text(text) => ("configuration".to_owned(), text.clone()),
        ConfigSource::File(path) => {
            let name = path.display().to_string();
            let text =
                fs::read_to_string(path).map_err(|e| StartError::Config(name.clone(), e.to_string()))?;
            (name, text)
        }
    };
    parse(&config::fill(&text, scheme, port)).map_err(|cause| StartError::Config(name, cause))
}

fn parse(text: &str) -> Result<Settings, String> {
    let mut table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map(|span| span.start);
        config::misread(text, at, error.message())
    })?;
    // The demo's own section is this program's business, not the provider's.
    let demo = table.remove("demo").map(DemoSettings::deserialize).transpose();
    let demo = demo
        .map_err(|error| format!("demo: {}", error.message().replace('\n', " ")))?
        .unwrap_or_default();
    let configuration = Configuration::read(toml::Value::Table(table)).map_err(|error| error.to_string())?;
    Ok(Settings { configuration, demo })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use symbolon::{
        config::{Declaration, stored_client, stored_tenant},
        keyring::Keyring,
        model::Client,
        types::Secret,
    };

    use super::*;
    use crate::random::OsRandom;

    fn refused(text: &str) -> String {
        parse(text).err().unwrap()
    }

    #[test]
    fn the_demo_is_valid_with_either_scheme() {
        for scheme in ["http", "https"] {
            let settings = read(&ConfigSource::Demo, scheme, 4444)
                .map_err(|e| e.to_string())
                .ok()
                .unwrap();
            assert!(settings.demo.partners);
            let tenants: Vec<_> = settings
                .configuration
                .tenants
                .iter()
                .map(|(t, _)| t.issuer.as_str())
                .collect();
            let issuer = |host: &str| format!("{scheme}://{host}:4444");
            assert_eq!(
                tenants,
                [
                    issuer("auth.urbantrend.localhost"),
                    issuer("auth.northpeak.localhost")
                ]
            );
        }
    }

    #[test]
    fn the_order_of_the_file_is_the_order_of_the_catalogue() {
        let settings = read(&ConfigSource::Demo, "http", 80).ok().unwrap();
        let scopes = &settings.configuration.tenants.first().unwrap().0.scopes;
        let all = scopes.all();
        let order: Vec<_> = scopes
            .entries_of(&all)
            .map(|e| e.scope.as_str())
            .take(3)
            .collect();
        assert_eq!(
            order,
            [
                "loyalty.tier.read",
                "loyalty.points.read",
                "loyalty.points.redeem"
            ]
        );
    }

    #[test]
    fn the_demo_stored_and_read_back_is_the_demo() {
        let key = || Secret::new([1; 32]);
        let keyring = Keyring::new(key(), Vec::new(), key(), Arc::new(OsRandom));
        let direct = read(&ConfigSource::Demo, "http", 4444)
            .ok()
            .unwrap()
            .configuration;
        let mut table: toml::Table = toml::from_str(&config::fill(DEMO, "http", 4444)).unwrap();
        table.remove("demo").unwrap();
        let stored = Declaration::read(toml::Value::Table(table))
            .unwrap()
            .store(&keyring)
            .unwrap();
        let secrets = [
            "fashionboard-demo-secret",
            "conformance-demo-secret",
            "trailmix-demo-secret",
            "conformance-north-secret",
            "qdS-UJqfz-Jofj7Yvf5949YxMFdheAbsuMbARLo5oPU",
            "pTbEezT21e2jcNCGbUqOsPBlIgGsvtHgn7MzwhcLMBY",
            "424242",
            "447700900199",
        ];
        let in_clear = |document: &str| secrets.iter().find(|secret| document.contains(**secret)).copied();
        assert!(secrets.iter().all(|secret| DEMO.contains(secret)));
        assert_eq!(stored.len(), direct.tenants.len());
        for (stored, (tenant, clients)) in stored.iter().zip(&direct.tenants) {
            assert_eq!(in_clear(&stored.document), None);
            let read = stored_tenant(&stored.document, Some(&keyring)).unwrap();
            assert_eq!(read, **tenant);
            for ((id, document), client) in stored.clients.iter().zip(clients) {
                assert_eq!(in_clear(document), None, "{id}");
                // A document has the keyed hash of a secret that the file has.
                let authentication = client.authentication.clone();
                let read = Client {
                    authentication,
                    ..stored_client(document, &read).unwrap()
                };
                assert_eq!(read, **client);
            }
            assert_eq!(stored.clients.len(), clients.len());
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_in_one_line() {
        assert_eq!(
            refused("a = 1\nb = \n"),
            "line 2: string values must be quoted, expected literal string"
        );
        assert_eq!(refused("[tenants.a]\n[tenants.a]\n"), "line 2: duplicate key");
        assert_eq!(
            refused("[demo]\nparners = true"),
            "demo: unknown field `parners`, expected `partners`"
        );
        assert_eq!(refused(""), "tenants: there is none");
        assert_eq!(
            refused("port = 1"),
            "port: unknown field `port`, expected `tenants`"
        );
        assert_eq!(
            refused("[tenants.a]\nissuer = 7"),
            "tenants.a.issuer: invalid type: integer `7`, expected a string"
        );
        let missing = read(&ConfigSource::File("/nowhere/x.toml".into()), "http", 1)
            .err()
            .unwrap();
        assert_eq!(
            missing.to_string(),
            "/nowhere/x.toml: No such file or directory (os error 2)"
        );
    }
}
