//! HTTP Basic credentials of a client (RFC 6749 s2.3.1): form-encoded inside base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

use super::params::decode_component;
use crate::types::{ClientId, Secret};

/// What an `Authorization` header says of the client.
#[derive(Debug)]
pub enum Basic {
    /// There is none.
    Absent,
    /// Another scheme, or not decodable.
    Malformed,
    /// Id and secret, decoded.
    Credentials(ClientId, Secret<String>),
}

/// Reads the header. Base64 is strict: no whitespace, no missing padding.
pub fn read(headers: &HeaderMap) -> Basic {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Basic::Absent;
    };
    if values.next().is_some() {
        return Basic::Malformed;
    }
    value
        .to_str()
        .ok()
        .and_then(credentials)
        .map_or(Basic::Malformed, |(id, secret)| Basic::Credentials(id, secret))
}

fn credentials(value: &str) -> Option<(ClientId, Secret<String>)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let id = decode_component(id).ok()?.into_owned();
    let secret = decode_component(secret).ok()?.into_owned();
    (!id.is_empty()).then(|| (ClientId::new(id), Secret::new(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(value: &str) -> Option<(String, String)> {
        credentials(value).map(|(id, secret)| (id.as_str().to_owned(), secret.expose().clone()))
    }

    #[test]
    fn a051_id_and_secret_are_form_decoded_after_base64() {
        let value = format!("basic {}", STANDARD.encode("a%3Ab:p%2Bq+%25:%C3%A9"));
        assert_eq!(read_one(&value), Some(("a:b".to_owned(), "p+q %:é".to_owned())));
    }

    /// Found by the fuzz target `basic`.
    #[test]
    fn a051_ht2_a_nul_is_refused_however_it_is_written() {
        for bad in ["a\0b:c", "a:b\0", "a%00b:c", "a:%00"] {
            assert_eq!(
                read_one(&format!("Basic {}", STANDARD.encode(bad))),
                None,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a051_base64_is_strict() {
        for bad in [
            "Basic YTpi=",
            "Basic  YTpi",
            "Basic YTpi\n",
            "Basic YTp",
            "Bearer YTpi",
            "Basic !!!!",
            "Basic",
        ] {
            assert_eq!(read_one(bad), None, "{bad}");
        }
    }
}
