//! Time that a developer can move forward.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use symbolon::{ports::Clock, types::Timestamp};

use crate::keys::{private_dir, write_private};

/// The real time plus an offset that only grows. It is kept in the data directory: a restart must not take the
/// provider back to before what it has stored.
#[derive(Debug)]
pub struct MovableClock {
    path: PathBuf,
    offset: AtomicU64,
    moving: Mutex<()>,
}

impl MovableClock {
    /// The clock of a data directory; the real time if it was never moved.
    pub fn open(data: &Path) -> io::Result<Self> {
        private_dir(data)?;
        let path = data.join("clock-offset");
        let offset = match fs::read_to_string(&path) {
            Ok(text) => text
                .trim()
                .parse()
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a number"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Self {
            path,
            offset: AtomicU64::new(offset),
            moving: Mutex::new(()),
        })
    }

    /// By how many seconds it is ahead of the real time.
    pub fn offset(&self) -> u64 {
        self.offset.load(Ordering::SeqCst)
    }

    /// Moves on by some seconds (0 reads) and answers the time it is then. The move is on disk before it counts.
    pub fn advance(&self, seconds: u64) -> io::Result<Timestamp> {
        if seconds > 0 {
            let _one_at_a_time = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            let offset = self.offset.load(Ordering::SeqCst).saturating_add(seconds);
            write_private(&self.path, offset.to_string().as_bytes())?;
            self.offset.store(offset, Ordering::SeqCst);
        }
        Ok(self.now())
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock port's adapter")]
        let now = SystemTime::now();
        // Before 1970 the machine's clock is broken, and 1970 is as wrong as anything.
        let real = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Timestamp(real) + self.offset.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_adds_up_and_survives_a_restart() {
        let data = tempfile::TempDir::new().unwrap();
        let clock = MovableClock::open(data.path()).unwrap();
        let start = clock.now();
        clock.advance(1_000_000).unwrap();
        let moved = clock.advance(1_000_000).unwrap();
        assert!(moved >= start + 2_000_000);
        assert!(MovableClock::open(data.path()).unwrap().now() >= moved);
        assert!(clock.advance(0).unwrap() < moved + 1_000_000);
    }

    #[test]
    fn an_unreadable_offset_stops_the_start() {
        let data = tempfile::TempDir::new().unwrap();
        fs::write(data.path().join("clock-offset"), "soon").unwrap();
        assert!(MovableClock::open(data.path()).is_err());
    }
}
