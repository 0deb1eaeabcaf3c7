//! Reads `member_ref`: whom an access token is about.
//!
//! The token's `sub` is pairwise, another one at each partner, and a partner can read its token. So the provider
//! encrypts the member id to this API: a compact JWE (RFC 7516) with `dir` and `A256GCM` (RFC 7518 s4.5, s5.3).

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// Anything but these two names, or any critical extension, is another format that we do not speak.
#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    zip: Option<String>,
    crit: Option<Vec<String>>,
}

/// Decrypts member references with the key this API shares with the provider.
pub(super) struct MemberRefs {
    cipher: Aes256Gcm,
}

impl MemberRefs {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self {
            cipher: Aes256Gcm::new(key.into()),
        }
    }

    /// The member id, or nothing if it was not encrypted to us.
    pub(super) fn open(&self, jwe: &str) -> Option<String> {
        let mut parts = jwe.split('.');
        let [header, key, iv, text, tag] = std::array::from_fn(|_| parts.next());
        let header = header?;
        // `dir` has no encrypted key: that part is empty.
        if !key?.is_empty() || parts.next().is_some() {
            return None;
        }
        let decode = |part: Option<&str>| URL_SAFE_NO_PAD.decode(part?).ok();
        let parsed: Header = serde_json::from_slice(&decode(Some(header))?).ok()?;
        if parsed.alg != "dir" || parsed.enc != "A256GCM" || parsed.zip.is_some() || parsed.crit.is_some() {
            return None;
        }
        let iv: [u8; 12] = decode(iv)?.try_into().ok()?;
        let tag: [u8; 16] = decode(tag)?.try_into().ok()?;
        let sealed = [decode(text)?.as_slice(), &tag].concat();
        let payload = Payload {
            msg: &sealed,
            aad: header.as_bytes(),
        };
        let plain = self.cipher.decrypt(&Nonce::from(iv), payload).ok()?;
        String::from_utf8(plain).ok().filter(|member| !member.is_empty())
    }
}

#[cfg(test)]
pub(super) fn seal(key: &[u8; 32], header: &str, member: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let iv = [7u8; 12];
    let payload = Payload {
        msg: member.as_bytes(),
        aad: header.as_bytes(),
    };
    let sealed = Aes256Gcm::new(key.into())
        .encrypt(&Nonce::from(iv), payload)
        .unwrap();
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    let [iv, text, tag] = [&iv[..], text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}..{iv}.{text}.{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"alg":"dir","enc":"A256GCM"}"#;
    const KEY: [u8; 32] = [1; 32];

    #[test]
    fn opens_what_was_sealed_to_us_only() {
        let jwe = seal(&KEY, HEADER, "ut-1001");
        assert_eq!(MemberRefs::new(&KEY).open(&jwe).as_deref(), Some("ut-1001"));
        assert_eq!(MemberRefs::new(&[2; 32]).open(&jwe), None);
    }

    #[test]
    fn refuses_other_shapes() {
        let refs = MemberRefs::new(&KEY);
        let good = seal(&KEY, HEADER, "ut-1001");
        let mut wrong = vec![
            String::new(),
            "ut-1001".to_owned(),
            good.replace("..", ".a."),
            format!("{good}.x"),
            format!(
                "{}{}",
                &good[..good.len() - 2],
                if good.ends_with("AA") { "BB" } else { "AA" }
            ),
            seal(&KEY, HEADER, ""),
        ];
        for header in [
            r#"{"alg":"none","enc":"A256GCM"}"#,
            r#"{"alg":"dir","enc":"A128GCM"}"#,
            r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
            r#"{"alg":"dir","enc":"A256GCM","crit":["x"]}"#,
        ] {
            wrong.push(seal(&KEY, header, "ut-1001"));
        }
        for jwe in wrong {
            assert_eq!(refs.open(&jwe), None, "{jwe}");
        }
    }

    #[test]
    fn the_header_is_authenticated() {
        let good = seal(&KEY, HEADER, "ut-1001");
        let other = URL_SAFE_NO_PAD.encode(r#"{"enc":"A256GCM","alg":"dir"}"#);
        let (_, rest) = good.split_once('.').unwrap();
        assert_eq!(MemberRefs::new(&KEY).open(&format!("{other}.{rest}")), None);
    }
}
