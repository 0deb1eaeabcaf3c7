//! The outbox of back-channel logout: durable in the data directory, emptied by one task of the server.
//!
//! Each notice is a task of its own with a schedule of its own, so a partner that hangs or is down delays nobody else.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use symbolon::{
    endpoints::{Notified, Notify},
    model::LogoutNotice,
    ports::{Clock, LogoutNotices, PortResult},
    types::Timestamp,
};
use tokio::{
    sync::{Notify as Bell, Semaphore, watch},
    time,
};

use crate::store::{SqliteStore, Taken};

/// Seconds to wait after the 1st, 2nd, … try; the last for every later one.
const WAITS: [u64; 6] = [5, 30, 120, 600, 3_600, 14_400];
/// A notice this old is given up, in seconds: whatever session the partner has, it has looked at it since.
const OLDEST: u64 = 86_400;
/// Most notices under way at once.
const AT_ONCE: usize = 32;
/// How often the clock is looked at. A notice that is put in does not wait for it.
const LOOK: Duration = Duration::from_millis(500);

/// Notices in the data directory, and the bell that says so.
pub struct Outbox {
    store: Arc<SqliteStore>,
    bell: Bell,
}

impl Outbox {
    /// The outbox of a store.
    pub fn new(store: Arc<SqliteStore>) -> Self {
        Self {
            store,
            bell: Bell::new(),
        }
    }
}

#[async_trait]
impl LogoutNotices for Outbox {
    async fn put(&self, notices: &[LogoutNotice]) -> PortResult<()> {
        self.store.put(notices).await?;
        self.bell.notify_one();
        Ok(())
    }
}

/// Who empties an [`Outbox`].
pub struct Postman {
    /// What it empties.
    pub outbox: Arc<Outbox>,
    /// What tells partners.
    pub notify: Arc<Notify>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl Postman {
    /// Works until the server stops. What is under way then is in the outbox still.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let (this, room) = (Arc::new(self), Arc::new(Semaphore::new(AT_ONCE)));
        let mut looks = time::interval(LOOK);
        loop {
            tokio::select! {
                _ = stopped.changed() => return,
                _ = looks.tick() => {}
                () = this.outbox.bell.notified() => {}
            }
            this.send_due(&room).await;
        }
    }

    async fn send_due(self: &Arc<Self>, room: &Arc<Semaphore>) {
        let free = u32::try_from(room.available_permits()).unwrap_or(0);
        let due = match self.outbox.store.take_notices(self.clock.now(), free).await {
            Ok(due) => due,
            Err(cause) => return tracing::warn!(reason = cause.0, "the outbox cannot be read"),
        };
        for taken in due {
            let Ok(place) = Arc::clone(room).acquire_owned().await else {
                return;
            };
            let this = Arc::clone(self);
            tokio::spawn(async move {
                if let Err(cause) = this.send(&taken).await {
                    // Its lease ends, and it is taken out again.
                    tracing::warn!(reason = cause.0, "a notice stays in the outbox");
                }
                drop(place);
                this.outbox.bell.notify_one();
            });
        }
    }

    async fn send(&self, taken: &Taken) -> PortResult<()> {
        let (store, notice) = (&self.outbox.store, &taken.notice);
        if self.notify.tell(notice).await? == Notified::Done {
            return store.forget_notice(notice).await;
        }
        let due = next_try(self.clock.now(), taken.attempt);
        if due.seconds_since(notice.at) > OLDEST {
            self.notify.give_up(notice).await?;
            return store.forget_notice(notice).await;
        }
        store.postpone_notice(notice, due).await
    }
}

fn next_try(now: Timestamp, attempt: u32) -> Timestamp {
    let at = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let [.., last] = WAITS;
    now + WAITS.get(at).copied().unwrap_or(last)
}
