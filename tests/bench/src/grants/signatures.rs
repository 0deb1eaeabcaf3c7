#![expect(
    clippy::disallowed_types,
    reason = "the signing key takes its own trait of randomness, as in infra/local"
)]

use std::{fs, path::Path};

use rand_core::OsRng;
use rsa::{
    Pkcs1v15Sign, RsaPrivateKey,
    pkcs8::DecodePrivateKey,
    sha2::{Digest, Sha256},
};

use super::configuration::TENANT;
use crate::{
    failure::{Result, While},
    process,
};

/// How many signatures are made before, and again after, the grants.
const OFTEN: usize = 200;

/// The server's own key, used as the server uses it (`infra/local/src/keys/pair.rs`): same crate, blinded.
pub(super) struct Key(RsaPrivateKey);

impl Key {
    pub(super) fn of_server(data: &Path) -> Result<Self> {
        let path = data.join(format!("keys/{TENANT}.rs256.p8"));
        let der = fs::read(&path).while_(path.display())?;
        RsaPrivateKey::from_pkcs8_der(&der)
            .map(Self)
            .while_(path.display())
    }

    /// CPU milliseconds of each of many signatures over digests that are all different.
    pub(super) fn sign_often(&self) -> Result<Vec<f64>> {
        let mut times = Vec::with_capacity(OFTEN);
        for turn in 0..OFTEN {
            let digest = Sha256::digest(turn.to_le_bytes());
            let began = process::own_thread_cpu_ms()?;
            let signature = self
                .0
                .sign_with_rng(&mut OsRng, Pkcs1v15Sign::new::<Sha256>(), &digest);
            let ended = process::own_thread_cpu_ms()?;
            signature.while_("signing")?;
            times.push(ended - began);
        }
        Ok(times)
    }
}
