//! Cookies as browsers send them (RFC 6265 s5.4), and the random ids that come back in their names.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use symbolon::{
    types::{SessionId, TransactionId},
    wire::cookies,
};

const OURS: &str = "__Host-tx-AAAAAAAAAAAAAAAA";

/// Each line is one `Cookie` header.
pub fn holds(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    is_cut_where_the_clause_says(&headers);
    let value = URL_SAFE_NO_PAD.encode(data);
    is_found_among(&headers, &value);
    is_found_beside(data, &value);
    if let Ok(text) = std::str::from_utf8(data) {
        is_spelt_one_way(text);
    }
}

fn is_cut_where_the_clause_says(headers: &HeaderMap) {
    for (name, value) in cookies::read(headers) {
        assert!(!name.contains(['=', ';']) && !value.contains(';'));
        let first = cookies::read(headers).find(|(n, _)| *n == name).unwrap();
        assert_eq!(cookies::get(headers, name), Some(first.1));
    }
}

/// What is set comes back, whatever other cookies are there.
fn is_found_among(headers: &HeaderMap, value: &str) {
    let set = cookies::set(OURS, value, Some(60)).unwrap();
    let set = set.to_str().unwrap();
    let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60";
    let echo = set.strip_suffix(attributes).unwrap();
    assert_eq!(echo.split_once('='), Some((OURS, value)));
    let planted = cookies::get(headers, OURS).map(str::to_owned);
    let mut headers = headers.clone();
    headers.append(header::COOKIE, HeaderValue::try_from(echo).unwrap());
    assert_eq!(
        cookies::get(&headers, OURS),
        Some(planted.as_deref().unwrap_or(value))
    );
    let cleared = cookies::clear(OURS).unwrap();
    assert!(cleared.to_str().unwrap().starts_with(&format!("{OURS}=; ")));
}

/// Nor does what stands before and after it in the same line matter.
fn is_found_beside(data: &[u8], value: &str) {
    let pair = format!("__Host-session={value}");
    let pieces = [data, b"; ", pair.as_bytes(), b"; ", data].concat();
    let Ok(line) = HeaderValue::from_bytes(&pieces) else {
        return;
    };
    let (mut alone, mut beside) = (HeaderMap::new(), HeaderMap::new());
    beside.insert(header::COOKIE, line);
    if let Ok(before) = HeaderValue::from_bytes(data) {
        alone.insert(header::COOKIE, before);
    }
    let planted = cookies::get(&alone, "__Host-session").unwrap_or(value);
    assert_eq!(cookies::get(&beside, "__Host-session"), Some(planted));
}

/// Two texts of one id would be two cookies of one transaction.
fn is_spelt_one_way(text: &str) {
    if let Some(id) = TransactionId::parse(text) {
        assert_eq!(id.to_string(), text);
    }
    if let Some(id) = SessionId::parse(text) {
        assert_eq!(id.to_string(), text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn br6_a_cookie_is_found_among_any_others(text in "([ab;=\" \n]|__Host-tx-A{16}|é){0,16}") {
            holds(text.as_bytes());
        }

        #[test]
        fn br6_any_bytes_are_no_cookie_of_ours(data in prop::collection::vec(any::<u8>(), 0..48)) {
            holds(&data);
        }

        #[test]
        fn an_id_is_spelt_one_way(text in "[A-Za-z0-9_-]{15,17}|[A-Za-z0-9_-]{20,22}[AQgwBR=]{0,2}") {
            holds(text.as_bytes());
        }
    }
}
