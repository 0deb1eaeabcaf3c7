//! What a suite runs on. A backend is a function that makes a [`Bench`]; to add one, add it to `on_every_backend`.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use symbolon::{
    ports::{
        Assertions, Challenges, Codes, DeviceRequests, Grants, PushedRequests, RefreshFamilies, Sessions,
    },
    types::{ClientId, Digest, MemberId, TenantId, Timestamp},
};
use symbolon_local::store::SqliteStore;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// All storage ports of one backend.
pub(crate) trait Store:
    Assertions + Challenges + Codes + DeviceRequests + Grants + PushedRequests + RefreshFamilies + Sessions
{
}

impl<T> Store for T where
    T: Assertions
        + Challenges
        + Codes
        + DeviceRequests
        + Grants
        + PushedRequests
        + RefreshFamilies
        + Sessions
{
}

/// A store and two tenants that nobody else uses, so that a backend may share its tables among tests.
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) tenant: TenantId,
    pub(crate) other: TenantId,
    _data: Option<TempDir>,
}

impl Bench {
    pub(crate) fn sqlite() -> Self {
        let data = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(data.path()).unwrap());
        Self::new(store, Some(data))
    }

    #[cfg(feature = "aws")]
    pub(crate) async fn dynamodb() -> Self {
        let account = crate::harness::aws::Account::new().await;
        Self::new(Arc::new(account.store()), None)
    }

    fn new(store: Arc<dyn Store>, data: Option<TempDir>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            store,
            tenant: TenantId::new(format!("urban-{n}")),
            other: TenantId::new(format!("north-{n}")),
            _data: data,
        }
    }
}

/// Runs each named `async fn(Bench)` of the calling module on every backend.
macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test(crate::store::backend::Bench::sqlite()).await;
                }
            )+
        }

        #[cfg(feature = "aws")]
        mod dynamodb {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test(crate::store::backend::Bench::dynamodb().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_every_backend;

/// How many tasks run in a race.
pub(crate) const RACERS: u8 = 16;

/// Runs [`RACERS`] tasks at once and answers what each of them got.
pub(crate) async fn race<T, F>(racer: impl Fn(u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for i in 0..RACERS {
        tasks.spawn(racer(i));
    }
    tasks.join_all().await
}

/// The moment at which most tests begin.
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000);

pub(crate) fn client(name: &str) -> ClientId {
    ClientId::new(name)
}

pub(crate) fn member(name: &str) -> MemberId {
    MemberId::new(name)
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}
