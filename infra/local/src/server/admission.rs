//! What is refused before anybody looks at it: requests that do not say clearly whom they are for. How long they may
//! be is the endpoints' rule; the connection's buffer bounds what they get to see.

use http::{HeaderMap, StatusCode, Uri, header, request::Parts};

/// Why a request goes no further: the status and the sentence that is the whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) StatusCode, pub(super) &'static str);

/// The host (with its port, lower case) that a request is for.
pub(super) fn admit(head: &Parts) -> Result<String, Refused> {
    authority(&head.uri, &head.headers)
}

/// RFC 9112 s3.2: exactly one `Host`; and where the target names an authority too, both must agree, or two parts of
/// this server could understand two different hosts.
fn authority(uri: &Uri, headers: &HeaderMap) -> Result<String, Refused> {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Refused(
            StatusCode::BAD_REQUEST,
            "exactly one Host header is needed\n",
        ));
    };
    let host = host
        .to_str()
        .map_err(|_| Refused(StatusCode::BAD_REQUEST, "the Host header is not a host\n"))?;
    if uri
        .authority()
        .is_some_and(|target| !target.as_str().eq_ignore_ascii_case(host))
    {
        return Err(Refused(
            StatusCode::MISDIRECTED_REQUEST,
            "the request target and the Host header differ\n",
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
}
