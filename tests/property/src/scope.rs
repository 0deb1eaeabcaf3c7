//! `scope` (RFC 6749 s3.3).

use symbolon::types::{Scope, ScopeSet};

/// Two lists, one a line.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [first, second] = crate::lines(text);
    let (read, other) = (ScopeSet::parse(first), ScopeSet::parse(second));
    assert_eq!(read.is_some(), is_allowed(first), "{first:?}");
    if let Some(set) = &read {
        is_the_tokens(set, first);
    }
    if let (Some(a), Some(b)) = (read, other) {
        is_a_set(&a, &b);
    }
}

/// The grammar once more: tokens of NQCHAR, none too long, not too many different ones.
fn is_allowed(text: &str) -> bool {
    let mut tokens: Vec<&str> = text.split(' ').filter(|token| !token.is_empty()).collect();
    let plain = tokens.iter().all(|token| {
        token.len() <= 128
            && token
                .chars()
                .all(|c| c.is_ascii_graphic() && !['"', '\\'].contains(&c))
    });
    tokens.sort_unstable();
    tokens.dedup();
    plain && tokens.len() <= ScopeSet::MAX
}

fn is_the_tokens(set: &ScopeSet, text: &str) {
    assert_eq!(ScopeSet::parse(&set.to_string()).as_ref(), Some(set));
    let backwards: Vec<&str> = text.rsplit(' ').collect();
    assert_eq!(ScopeSet::parse(&backwards.join(" ")).as_ref(), Some(set));
    for token in text.split(' ').filter(|token| !token.is_empty()) {
        assert!(set.contains(token));
        assert_eq!(Scope::parse(token).unwrap().as_str(), token);
    }
    assert!(
        set.iter()
            .all(|scope| text.split(' ').any(|token| token == scope.as_str()))
    );
    let stored = serde_json::to_string(set).unwrap();
    assert_eq!(serde_json::from_str::<ScopeSet>(&stored).unwrap(), *set);
}

fn is_a_set(a: &ScopeSet, b: &ScopeSet) {
    let both = a.intersection(b);
    assert!(both.is_subset(a) && both.is_subset(b));
    assert_eq!(a.difference(b).union(&both), *a);
    assert!(a.is_subset(&a.union(b)) && b.is_subset(&a.union(b)));
    assert!(a.difference(b).intersection(b).is_empty());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn a012_a_list_is_a_set_of_its_tokens(text in "[a-c!~ ]{0,8}( [a-c\"\\\\\té]{0,3})?\n[a-c ]{0,8}") {
            holds(text.as_bytes());
        }

        #[test]
        fn a012_fifty_are_the_most(count in 48..53_usize, long in 126..131_usize) {
            let many: Vec<String> = (0..count).map(|n| format!("s{n}")).collect();
            holds(many.join(" ").as_bytes());
            holds("a".repeat(long).as_bytes());
        }
    }
}
