//! For tests of adapters: what the log would say.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use symbolon::{ports::Clock, types::Timestamp};

use super::Log;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Midnight;

impl Clock for Midnight {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

/// The one line that is written when something is said outside a request.
pub(crate) fn heard(say: impl FnOnce()) -> Value {
    let paper = Paper::default();
    let log = Log::to("test", Arc::new(Midnight), Box::new(paper.clone()));
    tracing::subscriber::with_default(log.listener(), say);
    let bytes = paper.0.lock().unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
