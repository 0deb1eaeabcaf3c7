use std::{collections::BTreeMap, fmt};

use super::{Brand, Custody, Directory, MessageSender, Offers, Policy, ScopeCatalogue};
use crate::{
    ports::Algorithm,
    types::{Country, Locale, PhoneNumber, Sealable, Secret, StillSealed, TenantId, is_localhost},
};

/// Issuer identifier (OpenID Connect Discovery s3): scheme and authority, no path, no trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub struct Issuer {
    url: String,
    authority: String,
}

impl Issuer {
    /// Reads `https://host[:port]`, or `http://` for `localhost` and `*.localhost`.
    pub fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        let host = url.host_str()?;
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_localhost(host));
        let authority = text.split_once("://")?.1.to_owned();
        // A rewritten form would make two spellings of one issuer.
        (safe && url.as_str() == format!("{text}/")).then(|| Self {
            url: text.to_owned(),
            authority,
        })
    }

    /// The identifier exactly as it appears in `iss`.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// `host[:port]`, as a browser sends it in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host alone, for the last line of a domain-bound text message.
    pub fn host(&self) -> &str {
        self.authority.split(':').next().unwrap_or_default()
    }

    /// Whether it can only be reached on the machine it runs on: a brand in development.
    pub fn is_this_machine(&self) -> bool {
        is_localhost(self.host())
    }

    /// An address of this issuer. `path` begins with `/`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

/// An API that takes this issuer's access tokens (RFC 8707 "resource").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the configuration.
    pub name: String,
    /// Its identifier: the `aud` of tokens that carry one of its scopes.
    pub identifier: String,
    /// Key under which tokens tell it, and nobody else, who the member is (decision 0004). 32 bytes.
    pub member_key: Option<Sealable<Secret<[u8; 32]>>>,
}

/// One brand, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its name in storage keys.
    pub id: TenantId,
    /// Its issuer.
    pub issuer: Issuer,
    /// How its pages look and sound.
    pub brand: Brand,
    /// The language of last resort.
    pub default_locale: Locale,
    /// Whose numbers it texts. Not empty; the first is assumed when a number has no country code.
    pub countries: Vec<&'static Country>,
    /// Every scope it knows, with its human text.
    pub scopes: ScopeCatalogue,
    /// The APIs behind its scopes.
    pub resources: Vec<Resource>,
    /// Algorithms it has keys for.
    pub algorithms: Vec<Algorithm>,
    /// Lifetimes and limits.
    pub policy: Policy,
    /// Origins whose scripts may call the token and userinfo endpoints: those of all its clients.
    pub allowed_origins: Vec<String>,
    /// Numbers with a fixed code and no message. Empty unless the tenant is a sandbox.
    pub test_numbers: Sealable<BTreeMap<PhoneNumber, Secret<String>>>,
    /// Where its signing keys are.
    pub custody: Custody,
    /// Who carries its text messages.
    pub messages: MessageSender,
    /// Who knows its members.
    pub directory: Directory,
    /// Nothing but its metadata and keys is served, and so nothing it ever gave out works.
    pub suspended: bool,
    /// What its clients are registered for.
    pub offers: Offers,
    /// `require_pushed_authorization_requests` (RFC 9126 s5): of every client.
    pub requires_pushed_requests: bool,
}

impl Tenant {
    /// The country assumed for a number typed without one.
    pub fn default_country(&self) -> &'static Country {
        // `countries` is never empty: configuration refuses that.
        self.countries
            .first()
            .copied()
            .unwrap_or_else(|| unreachable!("a tenant without countries"))
    }

    /// The code that is always right for a test number; `None` for everybody's number.
    pub fn fixed_code(&self, number: &PhoneNumber) -> Result<Option<&Secret<String>>, StillSealed> {
        Ok(self.test_numbers.open()?.get(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_https_or_on_this_machine_and_written_one_way() {
        for good in ["https://auth.brand.tld", "http://auth.brand.localhost:4444"] {
            assert_eq!(Issuer::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "http://auth.brand.tld",
            "https://auth.brand.tld/",
            "https://AUTH.tld",
            "https://a.tld/x",
            "ftp://a.tld",
        ] {
            assert!(Issuer::parse(bad).is_none(), "{bad}");
        }
    }
}
