//! What the list of sessions calls a browser.

use http::{HeaderMap, header};

/// A few words on a browser from its `User-Agent`, for the list of sessions. Nothing of the header is kept.
pub(super) fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    named(agent.and_then(|v| v.to_str().ok()).unwrap_or_default())
}

fn named(user_agent: &str) -> String {
    let first = |table: &[(&str, &str)], otherwise: &str| {
        table
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map_or(otherwise.to_owned(), |(_, n)| (*n).to_owned())
    };
    // Order matters: every browser also claims to be several others.
    let browser = first(
        &[
            ("Edg", "Edge"),
            ("OPR", "Opera"),
            ("Firefox", "Firefox"),
            ("Chrome", "Chrome"),
            ("Safari", "Safari"),
        ],
        "Browser",
    );
    let system = first(
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ],
        "",
    );
    if system.is_empty() {
        browser
    } else {
        format!("{browser}, {system}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_in_a_few_words() {
        let chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 Mobile Safari/537.36";
        assert_eq!(named(chrome), "Chrome, Android");
        assert_eq!(named("<script>"), "Browser");
    }
}
