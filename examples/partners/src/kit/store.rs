//! A bounded in-memory map with expiry: login attempts and sessions. Refuses to know what it holds.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use openidconnect::CsrfToken;

/// An unguessable id (256 bits), from the generator that also makes `state`.
pub(crate) fn random_id() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

pub(crate) struct Store<T> {
    lifetime: u64,
    capacity: usize,
    entries: Mutex<HashMap<String, (u64, T)>>,
}

impl<T: Clone> Store<T> {
    pub(crate) fn new(lifetime: u64, capacity: usize) -> Self {
        Self {
            lifetime,
            capacity,
            entries: Mutex::default(),
        }
    }

    /// Keeps `value`; when full the expired go first, then the oldest, so a flood costs its sender and not the memory.
    pub(crate) fn insert(&self, key: String, value: T, now: u64) {
        let mut entries = self.lock();
        if entries.len() >= self.capacity {
            entries.retain(|_, (since, _)| since.saturating_add(self.lifetime) > now);
        }
        if entries.len() >= self.capacity {
            let oldest = entries
                .iter()
                .min_by_key(|(_, (since, _))| *since)
                .map(|(key, _)| key.clone());
            oldest.and_then(|key| entries.remove(&key));
        }
        entries.insert(key, (now, value));
    }

    pub(crate) fn get(&self, key: &str, now: u64) -> Option<T> {
        self.lock()
            .get(key)
            .filter(|(since, _)| self.is_live(*since, now))
            .map(|(_, value)| value.clone())
    }

    /// Takes the value out: of two callers with one key, only one gets it.
    pub(crate) fn take(&self, key: &str, now: u64) -> Option<T> {
        self.lock()
            .remove(key)
            .filter(|(since, _)| self.is_live(*since, now))
            .map(|(_, value)| value)
    }

    /// Forgets every value of which `ended` is true.
    pub(crate) fn forget(&self, ended: impl Fn(&T) -> bool) {
        self.lock().retain(|_, (_, value)| !ended(value));
    }

    fn is_live(&self, since: u64, now: u64) -> bool {
        since.saturating_add(self.lifetime) > now
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (u64, T)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Store;

    #[test]
    fn expired_is_absent_and_taken_is_gone() {
        let store = Store::new(60, 8);
        store.insert("a".into(), 1, 100);
        assert_eq!(store.get("a", 159), Some(1));
        assert_eq!(store.get("a", 160), None);
        assert_eq!(store.take("a", 101), Some(1));
        assert_eq!(store.take("a", 101), None);
    }

    #[test]
    fn what_has_ended_is_gone_and_the_rest_stays() {
        let store = Store::new(60, 8);
        for (key, value) in [("a", 1), ("b", 2), ("c", 1)] {
            store.insert(key.into(), value, 100);
        }
        store.forget(|value| *value == 1);
        assert_eq!(
            ["a", "b", "c"].map(|key| store.get(key, 101)),
            [None, Some(2), None]
        );
    }

    #[test]
    fn the_oldest_makes_room() {
        let store = Store::new(60, 2);
        for (key, now) in [("a", 1), ("b", 2), ("c", 3)] {
            store.insert(key.into(), now, now);
        }
        assert_eq!(
            (store.get("a", 3), store.get("b", 3), store.get("c", 3)),
            (None, Some(2), Some(3))
        );
    }
}
