use crate::types::{Sealable, Secret};

/// A server of the brand's own that is asked over https, each request signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// Its address: https, never of a private network.
    pub url: String,
    /// The key of the signature.
    pub secret: Sealable<Secret<String>>,
}
