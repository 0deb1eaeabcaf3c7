//! `application/x-www-form-urlencoded` (RFC 6749 appendix B), held against the lenient reader of the URL standard.

use symbolon::wire::params::{Params, ParamsError};

/// Whatever is read, the lenient reader reads the same; whatever is refused, it would have had to guess about.
pub fn holds(data: &[u8]) {
    let lenient: Vec<(String, String)> = form_urlencoded::parse(data).into_owned().collect();
    match Params::parse(data) {
        Ok(params) => {
            assert!(lenient.len() <= 100);
            is_what_was_sent(&params, &lenient);
            survives_its_wire_form(&params);
            is_repeated_when_sent_twice(&params, &lenient);
        }
        Err(ParamsError::TooMany) => assert!(lenient.len() > 100),
        Err(ParamsError::Encoding) => assert!(!is_clear(data, &lenient)),
    }
}

/// Nothing a reader could guess about: whole escapes, UTF-8, no NUL.
fn is_clear(data: &[u8], lenient: &[(String, String)]) -> bool {
    let hex = |at: usize| data.get(at).is_some_and(u8::is_ascii_hexdigit);
    let escapes = data.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    let guessed = ['\0', char::REPLACEMENT_CHARACTER];
    escapes.into_iter().all(|(at, _)| hex(at + 1) && hex(at + 2))
        && !lenient
            .iter()
            .any(|(name, value)| name.contains(guessed) || value.contains(guessed))
}

fn is_what_was_sent(params: &Params, lenient: &[(String, String)]) {
    for (name, value) in lenient {
        assert!(!name.contains('\0') && !value.contains('\0'));
        let sent: Vec<&str> = lenient
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .collect();
        assert_eq!(params.all(name).collect::<Vec<_>>(), sent);
        assert_eq!(params.get(name), Some(sent[0]).filter(|v| !v.is_empty()));
        assert_eq!(params.is_repeated(name), sent.len() > 1);
        let only = params.only(&[name]);
        assert_eq!(only.all(name).collect::<Vec<_>>(), sent);
        assert!(!only.repeats_besides(name));
    }
}

fn survives_its_wire_form(params: &Params) {
    let wire = params.encode();
    let again = Params::parse(wire.as_bytes()).unwrap();
    assert_eq!(again.encode(), wire);
}

/// Also when once is in the query and once in the body (RFC 6749 s3.1); `resource` may repeat (RFC 8707 s2).
fn is_repeated_when_sent_twice(params: &Params, lenient: &[(String, String)]) {
    let twice = params.clone().and(params.clone());
    assert_eq!(
        twice.has_repetition(),
        lenient.iter().any(|(name, _)| name != "resource")
    );
    assert!(lenient.iter().all(|(name, _)| twice.is_repeated(name)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn ht2_two_readers_of_one_request_agree(
            text in "([a-c]|resource)?(=([a-c+=]|%[0-9a-fA-F]{2}|%[0-9a-z]?|é|\u{0}){0,4})?(&([a-c]|%61)=([+ ]|%[c-f][0-9]){0,3}){0,4}",
        ) {
            holds(text.as_bytes());
        }

        #[test]
        fn ht2_any_bytes_are_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..64)) {
            holds(&data);
        }

        #[test]
        fn a009_whatever_is_written_is_read_back(
            pairs in prop::collection::vec(("[^\u{0}]{1,6}", "[^\u{0}]{0,6}"), 0..101),
        ) {
            let wire = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let params = Params::parse(wire.as_bytes()).unwrap();
            is_what_was_sent(&params, &pairs);
        }

        #[test]
        fn ht1_a_hundred_parameters_are_the_most(count in 95..106_usize) {
            let read = Params::parse("a=1&".repeat(count).as_bytes());
            prop_assert_eq!(read.is_ok(), count <= 100);
        }
    }
}
