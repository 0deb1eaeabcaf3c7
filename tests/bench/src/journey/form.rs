//! A form of a page, filled in as a browser without JavaScript does. It reads our own pages, which write every
//! attribute in double quotes; it is no parser of HTML.

/// Where a form goes and what it holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Form {
    /// The form of that id; nothing if the page has none.
    pub(super) fn find(page: &str, id: &str) -> Option<Self> {
        let mark = format!("id=\"{id}\"");
        let start = page.match_indices("<form").map(|(at, _)| at).find(|at| {
            let rest = page.get(*at..).unwrap_or_default();
            tag(rest).contains(&mark)
        })?;
        let form = page.get(start..)?;
        let form = form.get(..form.find("</form>")?)?;
        Some(Self {
            action: attribute(tag(form), "action")?,
            fields: form.split("<input").skip(1).filter_map(field).collect(),
        })
    }

    /// Types something in, or presses a button that has a name.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn body(&self) -> String {
        encode(
            self.fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
}

/// Pairs as `application/x-www-form-urlencoded`.
pub(super) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// A value of a query or a form.
pub(super) fn value_of(encoded: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(encoded.as_bytes());
    pairs
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

fn field(input: &str) -> Option<(String, String)> {
    let tag = tag(input);
    // A box that is not ticked is not sent, and none of the benchmark's is.
    if attribute(tag, "type").as_deref() == Some("checkbox") {
        return None;
    }
    Some((
        attribute(tag, "name")?,
        attribute(tag, "value").unwrap_or_default(),
    ))
}

fn tag(text: &str) -> &str {
    text.split('>').next().unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<main><form id="other" action="/o"><input name="x" value="1"></form>
        <form id="code-form" method="post" action="/login?a=b&amp;c=d" novalidate>
        <input type="hidden" name="tx" value="T&quot;1"><input name="code" inputmode="numeric">
        <input type="checkbox" name="scope" value="email"><button id="verify">Go</button></form></main>"#;

    #[test]
    fn the_right_form_with_its_fields() {
        let form = Form::find(PAGE, "code-form")
            .unwrap()
            .with("code", "12 3")
            .with("action", "code");
        assert_eq!(form.action, "/login?a=b&c=d");
        assert_eq!(form.body(), "tx=T%221&code=12+3&action=code");
        assert_eq!(Form::find(PAGE, "consent-form"), None);
    }

    #[test]
    fn a_value_is_decoded() {
        assert_eq!(value_of("state=a%2Bb&code=x", "state").as_deref(), Some("a+b"));
        assert_eq!(value_of("state=a", "code"), None);
    }
}
