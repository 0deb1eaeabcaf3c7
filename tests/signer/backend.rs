//! Whose keys a suite runs on. A backend is a function that makes a [`Bench`]; to add one, add it to `on_every_backend`.

use std::sync::Arc;

use symbolon::{
    ports::{Algorithm, PublicKeys, Signer},
    types::Timestamp,
};
use symbolon_local::keys::LocalKeys;
use tempfile::TempDir;

use super::tenant;

pub(crate) const ALL: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Ps256];

/// Tenants with the algorithms each has keys for.
pub(crate) const TENANTS: [(&str, &[Algorithm]); 3] =
    [("urban", &ALL), ("north", &ALL), ("few", &[Algorithm::Es256])];

/// Both ports of one process.
pub(crate) struct Keys {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) public: Arc<dyn PublicKeys>,
}

/// The keys of [`TENANTS`], wherever they are kept.
pub(crate) struct Bench(Box<dyn Fn() -> Keys + Send + Sync>);

impl Bench {
    pub(crate) fn new(open: impl Fn() -> Keys + Send + Sync + 'static) -> Self {
        Self(Box::new(open))
    }

    /// Opens them as a process that has just started does.
    pub(crate) fn open(&self) -> Keys {
        (self.0)()
    }

    #[expect(clippy::unused_async, reason = "other backends have something to wait for")]
    pub(crate) async fn local() -> Self {
        let data = TempDir::new().unwrap();
        let tenants = TENANTS.map(|(name, algorithms)| (tenant(name), algorithms.to_vec()));
        Self::new(move || {
            let keys = Arc::new(LocalKeys::open(data.path(), &tenants, Timestamp(1_800_000_000)).unwrap());
            Keys {
                signer: Arc::clone(&keys) as Arc<dyn Signer>,
                public: keys,
            }
        })
    }
}

/// Runs each named `async fn(Bench)` of the calling module on every backend.
macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {
        mod on_local {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(super::Bench::local().await).await;
                }
            )+
        }

        #[cfg(feature = "aws")]
        mod on_wrapped {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(super::Bench::wrapped().await).await;
                }
            )+
        }

        #[cfg(feature = "aws")]
        mod on_kms {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(super::Bench::kms().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_every_backend;
