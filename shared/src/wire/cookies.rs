//! Cookies: every one is `__Host-`, Secure, `HttpOnly`, `SameSite=Lax`, host-only (RFC 6265bis).

use http::{HeaderMap, HeaderValue, header};

/// The cookies a request carries. Each pair counts for itself: what another application of the domain has set may be
/// in any bytes (RFC 6265 s5.4), and takes no other with it.
pub fn read(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter(|pair| pair.is_ascii())
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
}

/// The value of one cookie. The `__Host-` prefix keeps other hosts from planting a second one.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    read(headers).find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// `Set-Cookie`. `max_age` in seconds; `None` lasts as long as the browser runs. `value` must be base64url.
pub fn set(name: &str, value: &str, max_age: Option<u64>) -> Option<HeaderValue> {
    let life = max_age.map_or_else(String::new, |s| format!("; Max-Age={s}"));
    HeaderValue::try_from(format!(
        "{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{life}"
    ))
    .ok()
}

/// `Set-Cookie` that removes a cookie.
pub fn clear(name: &str) -> Option<HeaderValue> {
    set(name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_cookie_headers_and_odd_spacing_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1;b=2; c=x=y"));
        headers.append(header::COOKIE, HeaderValue::from_static("d=4; junk"));
        assert_eq!(
            (get(&headers, "b"), get(&headers, "c"), get(&headers, "d")),
            (Some("2"), Some("x=y"), Some("4"))
        );
        assert_eq!(get(&headers, "junk"), None);
    }

    #[test]
    fn br6_a_cookie_in_other_bytes_takes_none_of_ours_with_it() {
        let mut headers = HeaderMap::new();
        for line in [&b"a=1; caf\xc3\xa9=x; b=\xff; c=3"[..], b"\xe9; d=4"] {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        let found: Vec<_> = read(&headers).collect();
        assert_eq!(found, [("a", "1"), ("c", "3"), ("d", "4")]);
    }

    #[test]
    fn br6_attributes() {
        let cookie = set("__Host-x", "v", Some(5)).unwrap();
        assert_eq!(
            cookie,
            "__Host-x=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=5"
        );
    }
}
