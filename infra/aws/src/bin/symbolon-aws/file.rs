//! The configuration file: the same that the server for one machine takes.

use std::{fs, path::Path};

use symbolon::config::{self, Declaration};

use crate::outcome::{Failure, Outcome};

/// Reads names and types. A failure names the file, then the setting.
pub(crate) fn read(path: &Path, set: &[(String, String)]) -> Outcome<Declaration> {
    let in_file = |cause: String| Failure::refused(format!("{}: {cause}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| in_file(error.to_string()))?;
    let text = fill(&text, set).map_err(in_file)?;
    parse(&text).map_err(in_file)
}

/// Without `--set`, issuers are where deployed ones are: https, on its own port.
fn fill(text: &str, set: &[(String, String)]) -> Result<String, String> {
    let of = |name: &str| {
        set.iter()
            .rev()
            .find(|(set, _)| set == name)
            .map(|(_, value)| value.as_str())
    };
    let scheme = of("scheme").unwrap_or("https");
    if !matches!(scheme, "http" | "https") {
        return Err(format!("--set scheme={scheme}: is neither http nor https"));
    }
    let port = of("port").unwrap_or("443");
    let port: u16 = port
        .parse()
        .map_err(|_| format!("--set port={port}: is not a port"))?;
    let mut text = config::fill(text, scheme, port);
    for (name, value) in set.iter().filter(|(name, _)| name != "scheme" && name != "port") {
        let place = format!("{{{name}}}");
        if !text.contains(&place) {
            return Err(format!("--set {name}: nothing in the file says {place}"));
        }
        text = text.replace(&place, value);
    }
    Ok(text)
}

fn parse(text: &str) -> Result<Declaration, String> {
    let mut table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map(|span| span.start);
        config::misread(text, at, error.message())
    })?;
    // Of the server for one machine only.
    table.remove("demo");
    Declaration::read(toml::Value::Table(table)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn places_are_filled_and_what_fills_nothing_is_refused() {
        let text = "{scheme}://auth.{domain}:{port}/ {app}";
        for (given, filled) in [
            (&[("domain", "a.tld")][..], "https://auth.a.tld/ {app}"),
            (
                &[("scheme", "http"), ("port", "4566"), ("domain", "b.localhost")],
                "http://auth.b.localhost:4566/ {app}",
            ),
        ] {
            assert_eq!(fill(text, &set(given)).as_deref(), Ok(filled));
        }
        for (given, said) in [
            (
                &[("brand", "x")][..],
                "--set brand: nothing in the file says {brand}",
            ),
            (
                &[("scheme", "ftp")],
                "--set scheme=ftp: is neither http nor https",
            ),
            (&[("port", "99999")], "--set port=99999: is not a port"),
        ] {
            assert_eq!(fill(text, &set(given)), Err(said.to_owned()));
        }
    }

    #[test]
    fn a_failure_names_the_line_or_the_setting() {
        let error = |text: &str| parse(text).err().unwrap();
        assert!(error("a = 1\nb = \n").starts_with("line 2: "));
        assert_eq!(
            error("port = 1"),
            "port: unknown field `port`, expected `tenants`"
        );
        assert_eq!(
            error("[demo]\npartners = true\n[tenants.a]\nissuer = 7"),
            "tenants.a.issuer: invalid type: integer `7`, expected a string"
        );
    }
}
