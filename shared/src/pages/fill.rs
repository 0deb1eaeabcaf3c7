//! Sentences with names in them.

use maud::{Markup, PreEscaped, Render};

/// Names for the `{placeholders}` of a sentence. A `number` or a `code` is always written left to right.
pub(super) type Names<'a> = [(&'static str, &'a str)];

enum Piece<'a> {
    Words(&'a str),
    Name(&'static str, &'a str),
}

/// The sentence as plain text: for titles and records.
pub(super) fn text(sentence: &str, names: &Names<'_>) -> String {
    pieces(sentence, names)
        .into_iter()
        .map(|p| match p {
            Piece::Words(w) | Piece::Name(_, w) => w,
        })
        .collect()
}

/// The sentence as markup, each name isolated from the direction of the words around it.
pub(super) fn html(sentence: &str, names: &Names<'_>) -> Markup {
    let mut out = String::new();
    for piece in pieces(sentence, names) {
        match piece {
            Piece::Words(words) => words.render_to(&mut out),
            Piece::Name("number" | "code", value) => number(value).render_to(&mut out),
            Piece::Name(_, value) => bdi(value).render_to(&mut out),
        }
    }
    PreEscaped(out)
}

/// A name in a direction of its own.
pub(super) fn bdi(name: &str) -> Markup {
    maud::html! { bdi { (name) } }
}

/// A number or a code, which reads left to right in every language.
fn number(value: &str) -> Markup {
    maud::html! { bdi dir="ltr" { (value) } }
}

/// One pass from left to right, so that a name that looks like a placeholder stays a name.
fn pieces<'a>(sentence: &'a str, names: &Names<'a>) -> Vec<Piece<'a>> {
    let mut out = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let found = after.split_once('}').and_then(|(key, tail)| {
            let (key, value) = names.iter().find(|(name, _)| *name == key)?;
            Some((*key, *value, tail))
        });
        out.push(Piece::Words(before));
        if let Some((key, value, tail)) = found {
            out.push(Piece::Name(key, value));
            rest = tail;
        } else {
            // Not one of ours: a brand's catalogue may write a brace and mean it.
            out.push(Piece::Words("{"));
            rest = after;
        }
    }
    out.push(Piece::Words(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_once_escaped_and_isolated() {
        let names = [("app", "<b>{brand}"), ("brand", "B")];
        assert_eq!(text("{app} at {brand} {x} {", &names), "<b>{brand} at B {x} {");
        assert_eq!(html("<{app}", &names).0, "&lt;<bdi>&lt;b&gt;{brand}</bdi>");
        assert_eq!(
            html("{number}", &[("number", "+44")]).0,
            "<bdi dir=\"ltr\">+44</bdi>"
        );
    }
}
