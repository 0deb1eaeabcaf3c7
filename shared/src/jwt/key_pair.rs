use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner},
};
use rsa::{
    Pkcs1v15Sign, Pss, RsaPrivateKey,
    pkcs8::DecodePrivateKey,
    rand_core::{CryptoRng, Error, RngCore},
    sha2::Sha256,
};

use super::public_key::{is_long_enough, of_p256, of_rsa};
use crate::ports::{Algorithm, PublicKey, Random};

/// One private key and the one algorithm it signs with.
///
/// The port hands over a digest, as KMS takes one. `ring` signs whole messages only, so RSA is the `rsa` crate's,
/// with blinding: without it, the time of a signature tells of the key. Wiped from memory when dropped.
pub struct KeyPair(Kind);

enum Kind {
    Rs256(RsaPrivateKey),
    Ps256(RsaPrivateKey),
    Es256(SigningKey),
}

impl KeyPair {
    /// Reads PKCS#8 DER (RFC 5958); `None` if it is not a private key for this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        let rsa = || RsaPrivateKey::from_pkcs8_der(der).ok().filter(is_long_enough);
        Some(Self(match algorithm {
            Algorithm::Rs256 => Kind::Rs256(rsa()?),
            Algorithm::Ps256 => Kind::Ps256(rsa()?),
            Algorithm::Es256 => Kind::Es256(SecretKey::from_pkcs8_der(der).ok()?.into()),
        }))
    }

    /// Signs a SHA-256 digest, in the form of JWS (RFC 7518 s3); `None` if the key cannot. `random` blinds RSA and
    /// salts PSS. RSA takes milliseconds: not for a thread that others wait for.
    pub fn sign(&self, digest: &[u8; 32], random: &dyn Random) -> Option<Vec<u8>> {
        let draws = &mut Draws(random);
        match &self.0 {
            Kind::Rs256(key) => key
                .sign_with_rng(draws, Pkcs1v15Sign::new::<Sha256>(), digest)
                .ok(),
            Kind::Ps256(key) => key
                .sign_with_rng(draws, Pss::new_blinded::<Sha256>(), digest)
                .ok(),
            Kind::Es256(key) => {
                let signature: Signature = key.sign_prehash(digest).ok()?;
                Some(signature.to_bytes().to_vec())
            }
        }
    }

    /// The public half, named by its thumbprint.
    pub fn public(&self) -> PublicKey {
        match &self.0 {
            Kind::Rs256(key) => of_rsa(key, Algorithm::Rs256),
            Kind::Ps256(key) => of_rsa(key, Algorithm::Ps256),
            Kind::Es256(key) => of_p256(key.verifying_key()),
        }
    }
}

/// Our randomness in the shape the `rsa` crate takes.
struct Draws<'a>(&'a dyn Random);

impl RngCore for Draws<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        self.0.fill(buffer);
        Ok(())
    }
}

impl CryptoRng for Draws<'_> {}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use p256::ecdsa::{VerifyingKey, signature::hazmat::PrehashVerifier};
    use rsa::{
        BigUint, RsaPublicKey,
        pkcs8::{EncodePrivateKey, SecretDocument},
        traits::PublicKeyParts,
    };

    use super::*;
    use crate::types::Digest;

    /// Like no generator: counts, so that what is drawn from it is told apart.
    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    /// The key of RFC 7515 A.2.
    fn rfc7515_rsa() -> RsaPrivateKey {
        let number = |text: &str| BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).unwrap());
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd\
                 2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7W\
                 TBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs9\
                 1kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let d = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395I\
                 W_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0\
                 ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGW\
                 SeWjnczT0QU91p1DhOVRuOopznQ";
        let p = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7o\
                 uZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";
        let q = "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDm\
                 pe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";
        let primes = vec![number(p), number(q)];
        RsaPrivateKey::from_components(number(n), 65_537_u32.into(), number(d), primes).unwrap()
    }

    fn p256_der() -> SecretDocument {
        SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_der().unwrap()
    }

    #[test]
    fn rfc7515_appendix_a_2_vector() {
        let input = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb2\
             90Ijp0cnVlfQ";
        let expected = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJd\
             bF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9\
             383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLI\
             hWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let der = rfc7515_rsa().to_pkcs8_der().unwrap();
        let pair = KeyPair::from_pkcs8(Algorithm::Rs256, der.as_bytes()).unwrap();
        let digest = Digest::of(input.as_bytes());
        let signature = pair.sign(digest.as_bytes(), &Counting(1.into())).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(signature), expected);
    }

    #[test]
    fn pss_is_salted_by_the_port_and_verifies() {
        let key = rfc7515_rsa();
        let der = key.to_pkcs8_der().unwrap();
        let pair = KeyPair::from_pkcs8(Algorithm::Ps256, der.as_bytes()).unwrap();
        let random = Counting(1.into());
        let signatures = [(); 2].map(|()| pair.sign(&[9; 32], &random).unwrap());
        assert_ne!(signatures[0], signatures[1]);
        let public = RsaPublicKey::from(&key);
        for signature in signatures {
            public.verify(Pss::new::<Sha256>(), &[9; 32], &signature).unwrap();
        }
    }

    #[test]
    fn es256_is_the_64_bytes_of_jws() {
        let pair = KeyPair::from_pkcs8(Algorithm::Es256, p256_der().as_bytes()).unwrap();
        let signature = pair.sign(&[9; 32], &Counting(1.into())).unwrap();
        let signing = SigningKey::from_slice(&[7; 32]).unwrap();
        let public: &VerifyingKey = signing.verifying_key();
        public
            .verify_prehash(&[9; 32], &Signature::from_slice(&signature).unwrap())
            .unwrap();
    }

    #[test]
    fn a_key_is_read_for_its_own_algorithm_only() {
        let rsa = rfc7515_rsa().to_pkcs8_der().unwrap();
        let p256 = p256_der();
        for (der, fitting) in [
            (rsa.as_bytes(), [true, true, false]),
            (p256.as_bytes(), [false, false, true]),
            (b"cut", [false; 3]),
        ] {
            let read = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256]
                .map(|algorithm| KeyPair::from_pkcs8(algorithm, der).is_some());
            assert_eq!(read, fitting);
        }
    }

    #[test]
    fn rfc7518_section_3_3_short_rsa_keys_are_refused() {
        let [p, q] = [(1_u128 << 127) - 1, (1_u128 << 89) - 1].map(BigUint::from);
        let short = RsaPrivateKey::from_p_q(p, q, 65_537_u32.into()).unwrap();
        assert!(short.n().bits() < 2048);
        let der = short.to_pkcs8_der().unwrap();
        assert!(KeyPair::from_pkcs8(Algorithm::Rs256, der.as_bytes()).is_none());
    }
}
