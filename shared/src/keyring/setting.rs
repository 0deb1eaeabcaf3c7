//! Secrets of a configuration at rest. Apart from what rotates, as records are: nobody seals them again.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Keyring, derived,
    seal::{decrypt, encrypt, nonce_of},
};
use crate::types::{Secret, TenantId};

impl Keyring {
    /// Seals a tenant's secret under a key for this one setting. Equal secrets look equal there, so that storing a
    /// configuration again changes nothing.
    pub fn seal_setting(&self, tenant: &TenantId, setting: &str, secret: &Secret<String>) -> Option<String> {
        let [key, nonce_key] = self.setting_keys(tenant, setting);
        let plain = secret.expose().as_bytes();
        encrypt(&key, &nonce_of(&nonce_key, plain)?, &[], plain)
    }

    /// Opens the secret of this tenant and setting; `None` for anything else, also for one moved there from another.
    pub fn open_setting(&self, tenant: &TenantId, setting: &str, sealed: &str) -> Option<Secret<String>> {
        let [key, _] = self.setting_keys(tenant, setting);
        let plain = decrypt(&key, &[], &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        String::from_utf8(plain).ok().map(Secret::new)
    }

    fn setting_keys(&self, tenant: &TenantId, setting: &str) -> [[u8; 32]; 2] {
        derived(&self.identity, tenant, &format!("setting\0{setting}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::keyring, *};

    #[test]
    fn a_secret_opens_only_for_its_tenant_and_setting() {
        let (a, b) = (TenantId::new("a"), TenantId::new("b"));
        let ring = keyring();
        let secret = Secret::new("webhook".to_owned());
        let sealed = ring.seal_setting(&a, "messages.secret", &secret).unwrap();
        let opened = |tenant, setting| ring.open_setting(tenant, setting, &sealed);
        assert_eq!(opened(&a, "messages.secret"), Some(secret));
        assert_eq!(opened(&a, "directory.secret"), None);
        assert_eq!(opened(&b, "messages.secret"), None);
    }

    #[test]
    fn equal_secrets_look_equal_in_one_place_only() {
        let a = TenantId::new("a");
        let ring = keyring();
        let seal = |setting, secret: &str| {
            ring.seal_setting(&a, setting, &Secret::new(secret.to_owned()))
                .unwrap()
        };
        assert_eq!(seal("x", "one"), seal("x", "one"));
        assert_ne!(seal("x", "one"), seal("x", "two"));
        assert_ne!(seal("x", "one"), seal("y", "one"));
    }

    #[test]
    fn sealing_keys_that_come_and_go_change_nothing() {
        let a = TenantId::new("a");
        let ring = keyring();
        let secret = Secret::new("webhook".to_owned());
        let sealed = ring.seal_setting(&a, "x", &secret).unwrap();
        ring.replace(Secret::new([7; 32]), Vec::new());
        assert_eq!(ring.open_setting(&a, "x", &sealed), Some(secret));
    }
}
