//! Names of items: a type, then names from the widest to the narrowest, so that a policy can say which types a
//! function may touch and no name of one brand reaches into another's.

/// Range key of an item that has none.
pub(crate) const NO_RANGE: &str = "-";

/// `TYPE#tenant#id`. Names are escaped, so that only we write `#`.
pub(crate) fn partition(kind: &str, names: &[&str]) -> String {
    let mut key = kind.to_owned();
    for name in names {
        key.push('#');
        key.push_str(&escaped(name));
    }
    key
}

/// A name that is a range key of its own.
pub(super) fn range(name: &str) -> String {
    escaped(name)
}

/// A key may not be empty; a bare `%` is no other name's escaped form.
fn escaped(name: &str) -> String {
    if name.is_empty() {
        return "%".to_owned();
    }
    name.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_apart_however_they_look() {
        let pairs = [
            ("a#b", "c"),
            ("a", "b#c"),
            ("a%23b", "c"),
            ("a", "b%23c"),
            ("a%2523b", "c"),
            ("", "a#b#c"),
            ("a#b#c", ""),
            ("%", "c"),
            ("%25", "c"),
            ("", "c"),
            ("-", "c"),
        ];
        let keys: HashSet<String> = pairs.iter().map(|(a, b)| partition("GRANT", &[a, b])).collect();
        assert_eq!(keys.len(), pairs.len(), "{keys:?}");
        for key in &keys {
            assert_eq!(key.matches('#').count(), 2, "{key}");
        }
    }

    #[test]
    fn a_range_is_never_empty() {
        let names = ["", "%", "#", "-", "a"];
        let ranges: HashSet<String> = names.iter().map(|name| range(name)).collect();
        assert_eq!(ranges.len(), names.len());
        assert!(ranges.iter().all(|range| !range.is_empty()));
    }

    #[test]
    fn ordinary_names_stand_as_they_are() {
        assert_eq!(partition("SESSION", &["urban", "m-1_Ä"]), "SESSION#urban#m-1_Ä");
    }
}
