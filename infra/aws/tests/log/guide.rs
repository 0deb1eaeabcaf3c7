//! `docs/audit.md` says what there is.

use symbolon::endpoints::audit::AuditEvent;
use symbolon_aws::log::Counter;

use super::{answered, happened};

const GUIDE: &str = include_str!("../../../../docs/audit.md");

/// What the guide's queries name is what a line has.
#[test]
fn the_guides_queries_name_what_there_is() {
    let line = answered(200, || happened(AuditEvent::SignedIn));
    let queries: Vec<&str> = GUIDE.split("```").skip(1).step_by(2).collect();
    assert!(queries.len() >= 4);
    let words = |text: &'static str, mark: &str| -> Vec<String> {
        let found = text.split(mark).skip(1);
        found
            .map(|rest| {
                rest.chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect()
            })
            .collect()
    };
    let fields = ["event", "tenant", "client", "subject", "cause", "error_id"];
    for query in queries {
        for name in words(query, " e.") {
            assert!(fields.contains(&name.as_str()), "e.{name} in {query}");
        }
        for name in words(query, " line.")
            .into_iter()
            .chain(words(query, "ispresent("))
        {
            assert!(line.get(&name).is_some(), "{name} in {query}");
        }
        let quoted = query
            .split('\'')
            .skip(1)
            .step_by(2)
            .map(|text| text.trim_matches('"'));
        for name in quoted.filter(|text| text.contains('_')) {
            assert!(AuditEvent::named(name).is_some(), "{name} in {query}");
        }
    }
}

#[test]
fn every_metric_is_in_the_guide() {
    for name in Counter::ALL
        .iter()
        .map(|counter| counter.name())
        .chain(["Latency"])
    {
        assert!(
            GUIDE.contains(&format!("| `{name}` |")),
            "docs/audit.md has no row of {name}"
        );
    }
}
