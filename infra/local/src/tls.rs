//! The certificate of `--tls`: made on this machine, for this machine's names, kept in the data directory.
//!
//! It is no certificate authority: whoever trusts it trusts these names with this key and nothing else.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::keys::{private_dir, write_private};

const DAY: i64 = 86_400;
/// What browsers and Apple's systems still accept.
const VALID_DAYS: i64 = 397;
/// A new one is made when the old one has less left than this.
const LEFT_DAYS: i64 = 7;

/// Why there is no certificate. Prints as one line.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// The certificate cannot be made.
    Make(rcgen::Error),
    /// The certificate cannot be used.
    Use(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Make(error) => write!(f, "cannot make a certificate: {error}"),
            Self::Use(error) => write!(f, "cannot use the certificate: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// A certificate with its key.
pub struct Identity {
    path: PathBuf,
    pem: String,
    acceptor: TlsAcceptor,
}

impl Identity {
    /// Reads the certificate in `dir`, or makes one if there is none for these hosts that is still valid for a while.
    pub fn open(dir: &Path, hosts: &[String]) -> Result<Self, TlsError> {
        let path = dir.join("certificate.pem");
        let (pem, key) = match kept(dir, &path, hosts) {
            Some(kept) => kept,
            None => make(dir, &path, hosts)?,
        };
        let acceptor = acceptor(&pem, &key).map_err(TlsError::Use)?;
        Ok(Self { path, pem, acceptor })
    }

    /// Where the certificate lies, to be trusted by browsers.
    pub fn certificate_path(&self) -> &Path {
        &self.path
    }

    /// The certificate, to be trusted by programs.
    pub fn certificate_pem(&self) -> &[u8] {
        self.pem.as_bytes()
    }

    /// What accepts connections with it.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

/// The certificate of an earlier start, if it is for the same names and does not end soon.
fn kept(dir: &Path, path: &Path, hosts: &[String]) -> Option<(String, String)> {
    let note = fs::read_to_string(dir.join("issued-for")).ok()?;
    let (until, names) = note.split_once('\n')?;
    let lasts = until.parse::<i64>().ok()? > now() + LEFT_DAYS * DAY;
    if !lasts || names != hosts.join("\n") {
        return None;
    }
    Some((
        fs::read_to_string(path).ok()?,
        fs::read_to_string(dir.join("key.pem")).ok()?,
    ))
}

fn make(dir: &Path, path: &Path, hosts: &[String]) -> Result<(String, String), TlsError> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names.extend(hosts.iter().filter(|host| *host != "localhost").cloned());
    let mut params = CertificateParams::new(names).map_err(TlsError::Make)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Symbolon on this machine");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let until = now() + VALID_DAYS * DAY;
    let moment = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    // Yesterday: clocks of virtual machines and phones run a little behind.
    (params.not_before, params.not_after) = (moment(now() - DAY), moment(until));
    let key = KeyPair::generate().map_err(TlsError::Make)?;
    let pem = params.self_signed(&key).map_err(TlsError::Make)?.pem();
    let key = key.serialize_pem();
    private_dir(dir).map_err(|error| TlsError::File(dir.to_owned(), error))?;
    let note = format!("{until}\n{}", hosts.join("\n"));
    // The note last: without it, a half-written pair is made again.
    for (file, content) in [
        (dir.join("key.pem"), &key),
        (path.to_owned(), &pem),
        (dir.join("issued-for"), &note),
    ] {
        write_private(&file, content.as_bytes()).map_err(|error| TlsError::File(file, error))?;
    }
    Ok((pem, key))
}

fn acceptor(pem: &str, key: &str) -> Result<TlsAcceptor, rustls::Error> {
    let unreadable = |error: rustls::pki_types::pem::Error| rustls::Error::General(error.to_string());
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(unreadable)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The real time: browsers know nothing of the movable clock.
fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "certificates are checked by programs that have the real time only"
    )]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_kept_until_the_names_change() {
        let dir = std::env::temp_dir().join(format!("symbolon-tls-{}", std::process::id()));
        let open = |hosts: &[&str]| {
            let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
            Identity::open(&dir, &hosts).unwrap().pem
        };
        let first = open(&["auth.a.localhost"]);
        assert_eq!(open(&["auth.a.localhost"]), first);
        let second = open(&["auth.a.localhost", "b.localhost"]);
        assert_ne!(second, first);
        fs::write(dir.join("issued-for"), "1\nauth.a.localhost\nb.localhost").unwrap();
        assert_ne!(open(&["auth.a.localhost", "b.localhost"]), second);
        fs::remove_dir_all(&dir).unwrap();
    }
}
