//! Whose certificates are believed.

use std::sync::{Arc, OnceLock};

use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, crypto,
        pki_types::{CertificateDer, pem::PemObject},
    },
};

use crate::OutboundError;

/// Certificate authorities, read when the first connection needs them: reading the system's takes milliseconds, and
/// most functions never go out.
pub(crate) struct Authorities {
    system: bool,
    others: Vec<Vec<u8>>,
    connector: OnceLock<TlsConnector>,
}

impl Authorities {
    pub(crate) fn of_the_system() -> Self {
        Self {
            system: true,
            others: Vec::new(),
            connector: OnceLock::new(),
        }
    }

    pub(crate) fn only(pem: &[u8]) -> Self {
        Self {
            system: false,
            ..Self::of_the_system()
        }
        .and(pem)
    }

    pub(crate) fn and(mut self, pem: &[u8]) -> Self {
        self.others.push(pem.to_vec());
        self.connector = OnceLock::new();
        self
    }

    /// What makes TLS of a connection.
    pub(crate) fn connector(&self) -> Result<TlsConnector, OutboundError> {
        if let Some(made) = self.connector.get() {
            return Ok(made.clone());
        }
        let made = TlsConnector::from(Arc::new(self.config()?));
        Ok(self.connector.get_or_init(|| made).clone())
    }

    fn config(&self) -> Result<ClientConfig, OutboundError> {
        let mut roots = RootCertStore::empty();
        if self.system {
            // What cannot be read or parsed is one authority less.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for pem in &self.others {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(unusable)?;
                roots.add(certificate).map_err(unusable)?;
            }
        }
        let mut config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn unusable(error: impl std::fmt::Display) -> OutboundError {
    OutboundError::Unreachable(format!("has no usable certificate authority: {error}"))
}
