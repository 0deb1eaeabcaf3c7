//! Proof Key for Code Exchange (RFC 7636).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use symbolon::types::{ChallengeError, CodeChallenge, CodeVerifier};

/// Challenge, method and verifier, one a line.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let [challenge, method, verifier] = crate::lines(text);
    let read = CodeChallenge::parse(challenge, Some(method));
    assert_eq!(read == Err(ChallengeError::Method), method != "S256");
    assert_eq!(CodeChallenge::parse(challenge, None), Err(ChallengeError::Method));
    if let Ok(read) = read {
        assert_eq!(challenge.len(), 43);
        assert_eq!(String::from(read), challenge, "one challenge is spelt one way");
    }
    let unreserved = |b: u8| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
    let allowed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    let proof = CodeVerifier::parse(verifier);
    assert_eq!(proof.is_some(), allowed);
    if let Some(proof) = proof {
        let own = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        assert_eq!(CodeChallenge::parse(&own, Some("S256")), Ok(proof.challenge()));
        assert_eq!(
            read == Ok(proof.challenge()),
            method == "S256" && challenge == own
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::quick(512))]

        #[test]
        fn a044_a_challenge_is_43_characters_spelt_one_way(
            challenge in "[A-Za-z0-9_-]{42}[A-Za-z0-9_+=-]{0,2}",
            method in "S256|s256|plain|",
            verifier in "[A-Za-z0-9._~-]{40,130}[ +]?",
        ) {
            holds(format!("{challenge}\n{method}\n{verifier}").as_bytes());
        }

        #[test]
        fn a041_the_verifier_answers_its_own_challenge_only(verifier in "[A-Za-z0-9._~-]{43,128}") {
            let own = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
            holds(format!("{own}\nS256\n{verifier}").as_bytes());
            holds(format!("{own}\nS256\n{verifier}~").as_bytes());
        }
    }
}
