//! The results as a person reads them: tables in `benchmarks.md`, pictures beside it.

mod cold;
pub(crate) mod goals;
mod grants;
mod price;
mod svg;
mod table;
mod wire;

use std::fs;

use crate::{
    cli::Options,
    failure::{Failure, Result, While},
    results::Results,
};

const BEGIN: &str = "<!-- results: written by tests/bench/run -->";
const END: &str = "<!-- end of results -->";

/// Puts the tables between the marks of the document, and the pictures beside it.
pub(crate) fn write(options: &Options, results: &Results) -> Result<()> {
    let document = options.out.join("benchmarks.md");
    let text = fs::read_to_string(&document).while_(document.display())?;
    let text = replaced(&text, &tables(results))
        .ok_or_else(|| Failure::new(format!("{} has lost its marks", document.display())))?;
    fs::write(&document, text).while_(document.display())?;
    for (name, picture) in pictures(results) {
        let path = options.out.join("benchmarks").join(name);
        fs::write(&path, picture).while_(path.display())?;
    }
    Ok(())
}

fn tables(results: &Results) -> String {
    let mut parts = vec![format!("Measured on {}.", results.machine)];
    parts.push(goals::section(results));
    parts.extend(results.cold.as_ref().map(cold::section));
    parts.extend(results.wire.as_ref().map(wire::section));
    parts.extend(results.grants.as_ref().map(grants::section));
    parts.extend(results.price.as_ref().map(price::section));
    parts.join("\n\n")
}

fn pictures(results: &Results) -> Vec<(&'static str, String)> {
    let pictures = [
        results
            .cold
            .as_ref()
            .map(|cold| ("cold-start.svg", cold::picture(cold))),
        results
            .grants
            .as_ref()
            .map(|grants| ("grants.svg", grants::picture(grants))),
        results
            .price
            .as_ref()
            .map(|price| ("price.svg", price::picture(price))),
    ];
    pictures.into_iter().flatten().collect()
}

fn replaced(text: &str, between: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{between}\n\n{END}{after}"))
}

/// A path as a person calls it.
fn path_name(path: &str) -> &str {
    match path {
        crate::grants::FIRST => "first sign-in",
        crate::grants::RETURN => "silent return",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let text = format!("# a\n{BEGIN}\nold\n{END}\nb\n");
        let once = replaced(&text, "new").unwrap();
        assert_eq!(once, format!("# a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(replaced(&once, "new").unwrap(), once);
        assert_eq!(replaced("# a\n", "new"), None);
    }

    #[test]
    fn nothing_measured_is_a_document_without_tables() {
        let results = Results::default();
        assert!(tables(&results).starts_with("Measured on"));
        assert!(pictures(&results).is_empty());
    }
}
