use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use symbolon::{ports::Clock, types::Timestamp};

/// What was read, for as long as a reader may rely on it. Everything a function keeps between requests is bounded by
/// this, so a change is in force everywhere that long after it was written.
pub(crate) struct Cache<K, V> {
    clock: Arc<dyn Clock>,
    seconds: u64,
    most: usize,
    entries: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// Nothing is kept with 0 seconds.
    pub(crate) fn new(clock: Arc<dyn Clock>, seconds: u64) -> Self {
        Self {
            clock,
            seconds,
            most: usize::MAX,
            entries: Mutex::default(),
        }
    }

    /// For keys that strangers choose: no more than so many entries.
    pub(crate) fn of_at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// What was put, unless it is too old.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let entries = self.lock();
        let (since, value) = entries.get(key)?;
        let age = self.clock.now().0.saturating_sub(since.0);
        (age < self.seconds).then(|| value.clone())
    }

    /// Keeps it from now.
    pub(crate) fn put(&self, key: K, value: V) {
        let now = self.clock.now();
        let mut entries = self.lock();
        if entries.len() >= self.most {
            // Whatever filled it is a flood, and an entry costs one read to have again.
            entries.clear();
        }
        entries.insert(key, (now, value));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Timestamp, V)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A clock a test moves.
    pub(crate) struct Moved(pub(crate) AtomicU64);

    impl Clock for Moved {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::SeqCst))
        }
    }

    #[test]
    fn an_entry_lasts_its_seconds_and_no_longer() {
        let clock = Arc::new(Moved(100.into()));
        let cache = Cache::new(Arc::clone(&clock) as Arc<dyn Clock>, 60);
        cache.put("a", 1);
        for (now, found) in [(100, Some(1)), (159, Some(1)), (160, None), (90, Some(1))] {
            clock.0.store(now, Ordering::SeqCst);
            assert_eq!(cache.get(&"a"), found, "{now}");
        }
        assert_eq!(cache.get(&"b"), None);
        let none = Cache::new(clock as Arc<dyn Clock>, 0);
        none.put("a", 1);
        assert_eq!(none.get(&"a"), None);
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let cache = Cache::new(Arc::new(Moved(100.into())) as Arc<dyn Clock>, 60).of_at_most(10);
        for key in 0..1_000 {
            cache.put(key, key);
            assert_eq!(cache.get(&key), Some(key));
            assert!(cache.lock().len() <= 10);
        }
    }
}
