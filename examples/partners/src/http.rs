//! The one outgoing HTTP client all apps use.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::SettingsError;

/// An HTTP client for server-to-server calls.
///
/// `extra_root_pem` is the only certificate authority it trusts, so pass the deployment's own when the provider speaks
/// https. Redirects are never followed: an OAuth endpoint that redirects a back-channel call is misconfigured at best,
/// and following would carry credentials to wherever it points.
pub fn http_client(extra_root_pem: Option<&[u8]>) -> Result<reqwest::Client, SettingsError> {
    let mut roots = RootCertStore::empty();
    for certificate in extra_root_pem
        .into_iter()
        .flat_map(CertificateDer::pem_slice_iter)
    {
        certificate
            .map_err(|error| error.to_string())
            .and_then(|der| roots.add(der).map_err(|error| error.to_string()))
            .map_err(|reason| SettingsError::new("extra_root_pem", reason))?;
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::new("tls", error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(LocalhostFirst)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .build()
        .map_err(|error| SettingsError::new("http client", error))
}

/// RFC 6761 s6.3 wants every name under `localhost` to be loopback; browsers do that, glibc does not.
struct LocalhostFirst;

impl Resolve for LocalhostFirst {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str();
            // Port 0 means "the port of the URL" to reqwest.
            let addresses: Vec<SocketAddr> = if is_localhost(host) {
                vec![SocketAddr::from(([127, 0, 0, 1], 0))]
            } else {
                tokio::net::lookup_host((host, 0)).await?.collect()
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::{http_client, is_localhost};

    #[test]
    fn only_names_under_localhost_are_loopback() {
        assert!(is_localhost("auth.urbantrend.localhost"));
        assert!(is_localhost("LOCALHOST."));
        assert!(!is_localhost("evillocalhost"));
        assert!(!is_localhost("localhost.example"));
    }

    #[test]
    fn a_broken_root_names_the_setting() {
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(
            http_client(Some(broken))
                .unwrap_err()
                .to_string()
                .starts_with("extra_root_pem: ")
        );
        assert!(http_client(None).is_ok());
    }
}
