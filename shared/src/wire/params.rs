//! `application/x-www-form-urlencoded` parameters, read strictly.
//!
//! A malformed escape, invalid UTF-8 or a NUL is an error and not a guess: two readers of one request must agree.

use std::borrow::Cow;

/// Most parameters one request may carry.
const MAX_PARAMS: usize = 100;

/// Parameters in the order sent. An empty value counts as absent (RFC 6749 s3.1).
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

/// Why parameters could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamsError {
    /// A `%` without two hex digits, bytes that are not UTF-8, or a NUL.
    Encoding,
    /// More than 100 parameters.
    TooMany,
}

impl Params {
    /// Reads a query string or a form body.
    pub fn parse(text: &[u8]) -> Result<Self, ParamsError> {
        let mut pairs = Vec::new();
        for piece in text.split(|b| *b == b'&').filter(|p| !p.is_empty()) {
            if pairs.len() == MAX_PARAMS {
                return Err(ParamsError::TooMany);
            }
            let at = piece.iter().position(|b| *b == b'=');
            let (name, value) = at.map_or((piece, &[][..]), |i| {
                let (name, rest) = piece.split_at(i);
                (name, rest.get(1..).unwrap_or_default())
            });
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// Parameters that came in another form than a query's, held to the same limits.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ParamsError> {
        let pairs: Vec<_> = pairs.into_iter().collect();
        if pairs.len() > MAX_PARAMS {
            Err(ParamsError::TooMany)
        } else if pairs
            .iter()
            .any(|(name, value)| name.contains('\0') || value.contains('\0'))
        {
            Err(ParamsError::Encoding)
        } else {
            Ok(Self(pairs))
        }
    }

    /// Query and body together: a parameter in both is a parameter sent twice.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The first value of a name, unless empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .filter(|v| !v.is_empty())
    }

    /// Every value of a name: for fields that may repeat, such as checkboxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Whether a name was sent more than once (RFC 6749 s3.1).
    pub fn is_repeated(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// Whether any name was sent more than once, `resource` apart (RFC 8707 s2).
    pub fn has_repetition(&self) -> bool {
        self.repeats_besides("resource")
    }

    /// Whether any name but one was sent more than once.
    pub fn repeats_besides(&self, list: &str) -> bool {
        self.0
            .iter()
            .any(|(name, _)| name != list && self.is_repeated(name))
    }

    /// The parameters of these names.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(name, _)| names.contains(&name.as_str()))
                .cloned()
                .collect(),
        )
    }

    /// The parameters in their wire form.
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

fn decode(text: &[u8]) -> Result<String, ParamsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut hex = || rest.next().and_then(|b| char::from(*b).to_digit(16));
                let (Some(high), Some(low)) = (hex(), hex()) else {
                    return Err(ParamsError::Encoding);
                };
                bytes.push(u8::try_from(high * 16 + low).map_err(|_| ParamsError::Encoding)?);
            }
            other => bytes.push(*other),
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| ParamsError::Encoding)?;
    if text.contains('\0') {
        Err(ParamsError::Encoding)
    } else {
        Ok(text)
    }
}

/// Decodes one form-encoded value, as `client_secret_basic` uses it inside base64 (RFC 6749 s2.3.1).
pub fn decode_component(text: &str) -> Result<Cow<'_, str>, ParamsError> {
    if text.bytes().any(|b| matches!(b, b'%' | b'+' | b'\0')) {
        decode(text.as_bytes()).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ht2_bad_encodings_are_errors() {
        for bad in [
            &b"a=%zz"[..],
            b"a=%c0%af",
            b"a=%00",
            b"a=%",
            b"a=%4",
            b"a=\xff",
            b"a=%ed%a0%80",
        ] {
            assert_eq!(Params::parse(bad).unwrap_err(), ParamsError::Encoding, "{bad:?}");
        }
    }

    #[test]
    fn ht2_plus_and_percent_twenty_are_spaces() {
        let params = Params::parse(b"a=x+y&b=x%20y&c=x%2By").unwrap();
        assert_eq!(
            (params.get("a"), params.get("b"), params.get("c")),
            (Some("x y"), Some("x y"), Some("x+y"))
        );
    }

    #[test]
    fn a010_empty_is_absent() {
        let params = Params::parse(b"a=&b&=c&d==x").unwrap();
        assert_eq!(
            (params.get("a"), params.get("b"), params.get("d")),
            (None, None, Some("=x"))
        );
    }

    #[test]
    fn a009_repetition_is_seen_across_query_and_body() {
        let both = Params::parse(b"a=1")
            .unwrap()
            .and(Params::parse(b"a=1&resource=x&resource=y").unwrap());
        assert!(both.has_repetition());
        assert!(!Params::parse(b"resource=x&resource=y").unwrap().has_repetition());
        assert!(Params::parse(b"a=&a=1").unwrap().has_repetition());
    }

    #[test]
    fn ht1_more_than_a_hundred_is_too_many() {
        assert!(Params::parse("a=1&".repeat(100).as_bytes()).is_ok());
        assert_eq!(
            Params::parse("a=1&".repeat(101).as_bytes()).unwrap_err(),
            ParamsError::TooMany
        );
    }
}
