use std::{fs, path::Path, thread};

use ring::rand::{SecureRandom, SystemRandom};
use symbolon::{
    jwt::KeyPair,
    ports::{Algorithm, Random},
    types::Digest,
};

use super::configuration::TENANT;
use crate::{
    clock::{self, millis},
    failure::{Failure, Result, While},
};

/// How many signatures each thread makes before, and again after, the grants.
const OFTEN: u64 = 100;

/// The server's own key, used as the server uses it: same code, same crate, blinded.
pub(super) struct Key(KeyPair);

impl Key {
    pub(super) fn of_server(data: &Path) -> Result<Self> {
        let path = data.join(format!("keys/{TENANT}.rs256.p8"));
        let der = fs::read(&path).while_(path.display())?;
        let pair = KeyPair::from_pkcs8(Algorithm::Rs256, &der);
        pair.map(Self).while_(format!("an RSA key in {}", path.display()))
    }

    /// Milliseconds of each of many signatures, with every processor at it: two that share a core are slower than one
    /// alone, and while grants are made they all are busy.
    pub(super) fn sign_often(&self) -> Result<Vec<f64>> {
        let processors = thread::available_parallelism()?.get();
        thread::scope(|scope| {
            let signing = || (0..OFTEN).map(|turn| self.sign(turn)).collect::<Result<Vec<_>>>();
            let threads: Vec<_> = (0..processors).map(|_| scope.spawn(signing)).collect();
            let mut times = Vec::new();
            for thread in threads {
                times.extend(thread.join().map_err(|_| Failure::new("signing broke down"))??);
            }
            Ok(times)
        })
    }

    fn sign(&self, turn: u64) -> Result<f64> {
        let digest = Digest::of(&turn.to_le_bytes());
        let began = clock::now();
        let signature = self.0.sign(digest.as_bytes(), &OsRandom);
        let ended = clock::now();
        signature.while_("a signature")?;
        Ok(millis(began, ended))
    }
}

/// Blinding draws from what the server draws from.
struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "what is measured draws real randomness")]
    fn fill(&self, buffer: &mut [u8]) {
        if SystemRandom::new().fill(buffer).is_err() {
            std::process::abort();
        }
    }
}
