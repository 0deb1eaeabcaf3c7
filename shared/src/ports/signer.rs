use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::PortResult;
use crate::types::{KeyId, TenantId};

/// A JWS algorithm tokens are signed with (RFC 7518 s3.1). Nothing else can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256; signatures are the 64 bytes r‖s.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
}

impl Algorithm {
    /// The `alg` value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
        }
    }
}

/// The key that signs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in the JWKS; goes into the JWS header before signing.
    pub kid: KeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
}

/// A public key as published (RFC 7517). Integers are unpadded base64url, big-endian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA modulus and exponent.
    Rsa {
        /// Name of the key.
        kid: KeyId,
        /// The one algorithm it is used with.
        algorithm: Algorithm,
        /// Modulus.
        n: String,
        /// Exponent.
        e: String,
    },
    /// Point on P-256.
    P256 {
        /// Name of the key.
        kid: KeyId,
        /// Coordinate.
        x: String,
        /// Coordinate.
        y: String,
    },
}

impl PublicKey {
    /// Its name.
    pub const fn kid(&self) -> &KeyId {
        match self {
            Self::Rsa { kid, .. } | Self::P256 { kid, .. } => kid,
        }
    }

    /// The one algorithm it is used with.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { algorithm, .. } => *algorithm,
            Self::P256 { .. } => Algorithm::Es256,
        }
    }
}

/// A tenant's signing keys. Two tenants never share one. The public halves are [`PublicKeys`](super::PublicKeys).
#[async_trait]
pub trait Signer: Send + Sync {
    /// The active key for an algorithm; `None` if the tenant has none. Adapters may cache it.
    async fn active_key(&self, tenant: &TenantId, algorithm: Algorithm) -> PortResult<Option<SigningKey>>;

    /// Signs SHA-256 `digest` of a JWS signing input with the named key.
    async fn sign(&self, tenant: &TenantId, key: &SigningKey, digest: &[u8; 32]) -> PortResult<Vec<u8>>;
}
