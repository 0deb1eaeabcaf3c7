//! Placeholders for where the server listens.

/// Replaces `{scheme}` and `{port}` in the text of a configuration, so that one file serves every `--listen`.
///
/// `:{port}` disappears where the port is the scheme's own: an origin is never written with it.
pub fn fill(text: &str, scheme: &str, port: u16) -> String {
    let implied = matches!((scheme, port), ("http", 80) | ("https", 443));
    let text = if implied {
        text.replace(":{port}", "")
    } else {
        text.to_owned()
    };
    text.replace("{scheme}", scheme)
        .replace("{port}", &port.to_string())
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn the_port_is_written_unless_the_scheme_implies_it() {
        let text = "{scheme}://a.localhost:{port}/x and {app}";
        assert_eq!(fill(text, "http", 4444), "http://a.localhost:4444/x and {app}");
        assert_eq!(fill(text, "http", 443), "http://a.localhost:443/x and {app}");
        assert_eq!(fill(text, "https", 443), "https://a.localhost/x and {app}");
        assert_eq!(fill(text, "http", 80), "http://a.localhost/x and {app}");
    }
}
