//! HTTP Basic credentials of a client (RFC 6749 s2.3.1, RFC 7617 s2).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use symbolon::wire::basic::{Basic, read};

/// Any header value, and any id and secret (the two lines of a text) behind one.
pub fn holds(data: &[u8]) {
    assert!(matches!(read(&HeaderMap::new()), Basic::Absent));
    if let Ok(value) = HeaderValue::from_bytes(data) {
        is_refused_twice(&value);
        if let Some((id, secret)) = read_one(&value) {
            is_written_one_way(&value);
            survives(&id, &secret);
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let [id, secret] = crate::lines(text);
        let readable = !id.is_empty() && !text.contains('\0');
        if readable {
            survives(id, secret);
        } else {
            assert_eq!(read_one(&written(id, secret)), None);
        }
    }
}

fn read_one(value: &HeaderValue) -> Option<(String, String)> {
    match read(&HeaderMap::from_iter([(header::AUTHORIZATION, value.clone())])) {
        Basic::Credentials(id, secret) => Some((id.as_str().to_owned(), secret.expose().clone())),
        Basic::Malformed => None,
        Basic::Absent => panic!("a header that is there is absent"),
    }
}

/// As a client of the clause writes them.
fn written(id: &str, secret: &str) -> HeaderValue {
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", form(id), form(secret));
    HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).unwrap()
}

fn survives(id: &str, secret: &str) {
    let read = read_one(&written(id, secret));
    assert_eq!(read, Some((id.to_owned(), secret.to_owned())));
}

/// Strict base64: no second spelling of the same bytes gets through.
fn is_written_one_way(value: &HeaderValue) {
    let (scheme, encoded) = value.to_str().unwrap().split_once(' ').unwrap();
    assert!(scheme.eq_ignore_ascii_case("basic"));
    assert_eq!(STANDARD.encode(STANDARD.decode(encoded).unwrap()), encoded);
}

/// Which of two would be a choice.
fn is_refused_twice(value: &HeaderValue) {
    let mut headers = HeaderMap::new();
    headers.append(header::AUTHORIZATION, value.clone());
    headers.append(header::AUTHORIZATION, value.clone());
    assert!(matches!(read(&headers), Basic::Malformed));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn a051_any_id_and_secret_come_through(id in "\\PC{1,12}", secret in "\\PC{0,12}") {
            holds(format!("{id}\n{secret}").as_bytes());
        }

        #[test]
        fn a051_a_header_nearly_right(text in "[Bb]asi[ck] {0,2}[A-Za-z0-9+/%]{0,12}={0,3} ?") {
            holds(text.as_bytes());
        }

        #[test]
        fn a051_what_is_inside_is_nearly_right(inside in "[a-b%+:]{0,4}(%[0-9a-g]{0,2}){0,2}:?[a-b%+:]{0,3}") {
            holds(format!("Basic {}", STANDARD.encode(inside)).as_bytes());
        }
    }
}
