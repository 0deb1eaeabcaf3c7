//! The outbox of back-channel logout: durable in the data directory, emptied by one task of the server.
//!
//! Each partner is told by a task of its own, one notice after the other, so one that hangs or is down delays nobody
//! else.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use symbolon::{
    endpoints::{Notified, Notify},
    model::LogoutNotice,
    ports::{Clock, LogoutNotices, PortResult},
};
use tokio::{
    sync::{Notify as Bell, watch},
    task::JoinSet,
    time,
};

use crate::store::{SqliteStore, Taken};

/// Most partners told at once.
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
    /// Works until the server stops. What is under way then is broken off, and in the outbox still.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let (this, mut rounds) = (Arc::new(self), JoinSet::new());
        let mut looks = time::interval(LOOK);
        loop {
            tokio::select! {
                _ = stopped.changed() => return rounds.shutdown().await,
                _ = looks.tick() => {}
                () = this.outbox.bell.notified() => {}
                Some(_) = rounds.join_next() => {}
            }
            let room = AT_ONCE.saturating_sub(rounds.len());
            for taken in this.due(room).await {
                rounds.spawn(Arc::clone(&this).send(taken));
            }
        }
    }

    async fn due(&self, room: usize) -> Vec<Taken> {
        let due = self.outbox.store.take_notices(self.clock.now(), room).await;
        due.unwrap_or_else(|cause| {
            tracing::warn!(reason = cause.0, "the outbox cannot be read");
            Vec::new()
        })
    }

    async fn send(self: Arc<Self>, Taken { notice, attempt }: Taken) {
        let store = &self.outbox.store;
        let done = match self.notify.tell(&notice, attempt).await {
            Notified::Done => store.forget_notice(&notice).await,
            Notified::Later { wait } => store.postpone_notice(&notice, self.clock.now() + wait).await,
        };
        if let Err(cause) = done {
            // Its lease ends, and it is taken out again.
            tracing::warn!(reason = cause.0, "a notice stays in the outbox");
        }
    }
}
