//! Proof Key for Code Exchange (RFC 7636). Only `S256` exists here, so `plain` cannot be represented.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `code_challenge`: SHA-256 of the verifier. 32 bytes, 43 base64url characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeChallenge([u8; 32]);

/// Why a `code_challenge` was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeError {
    /// `code_challenge_method` is missing (which means `plain`, RFC 7636 s4.3), `plain` or unknown.
    Method,
    /// Not 43 base64url characters.
    Challenge,
}

impl CodeChallenge {
    /// Reads `code_challenge` with its `code_challenge_method` (RFC 7636 s4.3).
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, ChallengeError> {
        if method != Some("S256") {
            return Err(ChallengeError::Method);
        }
        Self::try_from(challenge.to_owned()).map_err(|_| ChallengeError::Challenge)
    }
}

impl From<CodeChallenge> for String {
    fn from(challenge: CodeChallenge) -> Self {
        URL_SAFE_NO_PAD.encode(challenge.0)
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| "not a code challenge")?;
        bytes.try_into().map(Self).map_err(|_| "not a code challenge")
    }
}

/// `code_verifier`: 43 to 128 unreserved characters (RFC 7636 s4.1). Never kept, only turned into a challenge.
pub struct CodeVerifier(CodeChallenge);

impl CodeVerifier {
    /// Reads the verifier; `None` if its length or a character is outside the clause.
    pub fn parse(text: &str) -> Option<Self> {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let fits = (43..=128).contains(&text.len()) && text.bytes().all(unreserved);
        fits.then(|| Self(CodeChallenge(Sha256::digest(text).into())))
    }

    /// The challenge this verifier answers.
    pub const fn challenge(&self) -> CodeChallenge {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a041_rfc7636_appendix_b_vector() {
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let challenge = CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256"));
        assert_eq!(Ok(verifier.challenge()), challenge);
    }

    #[test]
    fn a042_plain_and_missing_methods_are_refused() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for method in [None, Some("plain"), Some("s256"), Some("")] {
            assert_eq!(
                CodeChallenge::parse(challenge, method),
                Err(ChallengeError::Method)
            );
        }
    }

    #[test]
    fn a044_lengths_and_alphabet_are_exact() {
        for bad in [
            "",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
        ] {
            assert_eq!(
                CodeChallenge::parse(bad, Some("S256")),
                Err(ChallengeError::Challenge)
            );
        }
        assert!(CodeVerifier::parse(&"a".repeat(42)).is_none());
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_some());
        assert!(CodeVerifier::parse(&"a".repeat(128)).is_some());
        assert!(CodeVerifier::parse(&"a".repeat(129)).is_none());
        assert!(CodeVerifier::parse(&format!("{}+", "a".repeat(43))).is_none());
    }
}
