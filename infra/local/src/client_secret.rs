//! Secrets for clients.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use symbolon::{ports::Random, types::Digest};

/// A secret of 256 random bits, for the partner, and its digest, for the configuration. Nobody keeps the former.
pub fn made(random: &dyn Random) -> String {
    let secret = URL_SAFE_NO_PAD.encode(random.bytes::<32>());
    let digest = Digest::of(secret.as_bytes());
    format!("client_secret        {secret}\nclient_secret_digest {digest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    #[test]
    fn a_secret_is_new_each_time_and_its_digest_is_its_own() {
        let (one, two) = (made(&OsRandom), made(&OsRandom));
        assert_ne!(one, two);
        let words: Vec<_> = one.split_whitespace().collect();
        assert_eq!(words[1].len(), 43);
        assert_eq!(words[3], Digest::of(words[1].as_bytes()).to_string());
    }
}
