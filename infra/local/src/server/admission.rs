//! What is refused before anybody looks at it: sizes, and requests that do not say clearly whom they are for.

use http::{HeaderMap, StatusCode, Uri, header, request::Parts};

/// Longest path and query together.
const MAX_TARGET: usize = 8 * 1024;
/// Longest header section.
const MAX_HEADERS: usize = 16 * 1024;

/// Why a request goes no further: the status and the sentence that is the whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) StatusCode, pub(super) &'static str);

/// The host (with its port, lower case) that a request is for.
pub(super) fn admit(head: &Parts) -> Result<String, Refused> {
    let target = head.uri.path().len() + head.uri.query().map_or(0, |query| query.len() + 1);
    if target > MAX_TARGET {
        return Err(Refused(
            StatusCode::URI_TOO_LONG,
            "the address is longer than 8 KiB",
        ));
    }
    let headers: usize = head
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if headers > MAX_HEADERS {
        return Err(Refused(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the headers are longer than 16 KiB",
        ));
    }
    authority(&head.uri, &head.headers)
}

/// RFC 9112 s3.2: exactly one `Host`; and where the target names an authority too, both must agree, or two parts of
/// this server could understand two different hosts.
fn authority(uri: &Uri, headers: &HeaderMap) -> Result<String, Refused> {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Refused(
            StatusCode::BAD_REQUEST,
            "exactly one Host header is needed",
        ));
    };
    let host = host
        .to_str()
        .map_err(|_| Refused(StatusCode::BAD_REQUEST, "the Host header is not a host"))?;
    if uri
        .authority()
        .is_some_and(|target| !target.as_str().eq_ignore_ascii_case(host))
    {
        return Err(Refused(
            StatusCode::MISDIRECTED_REQUEST,
            "the request target and the Host header differ",
        ));
    }
    Ok(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(target: &str, headers: &[(&str, &str)]) -> Result<String, u16> {
        let mut request = http::Request::get(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        admit(&request.body(()).unwrap().into_parts().0).map_err(|refused| refused.0.as_u16())
    }

    #[test]
    fn exactly_one_host_that_agrees_with_the_target() {
        assert_eq!(
            admitted("/", &[("host", "A.localhost:4444")]).as_deref(),
            Ok("a.localhost:4444")
        );
        assert_eq!(
            admitted("http://a.localhost/", &[("host", "a.localhost")]).as_deref(),
            Ok("a.localhost")
        );
        assert_eq!(
            admitted("http://a.localhost/", &[("host", "b.localhost")]),
            Err(421)
        );
        assert_eq!(
            admitted("http://u@a.localhost/", &[("host", "a.localhost")]),
            Err(421)
        );
        assert_eq!(admitted("/", &[]), Err(400));
        assert_eq!(
            admitted("/", &[("host", "a.localhost"), ("host", "a.localhost")]),
            Err(400)
        );
    }

    #[test]
    fn sizes_are_limited() {
        let host = ("host", "a.localhost");
        assert!(admitted(&format!("/{}", "a".repeat(8_191)), &[host]).is_ok());
        assert_eq!(admitted(&format!("/{}", "a".repeat(8_192)), &[host]), Err(414));
        assert_eq!(admitted(&format!("/?{}", "a".repeat(8_191)), &[host]), Err(414));
        assert_eq!(
            admitted("/", &[host, ("cookie", &"a".repeat(16 * 1024))]),
            Err(431)
        );
    }
}
