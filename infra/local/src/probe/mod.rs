//! Wrappers around the ports that count calls and break them on request. Development only.
//!
//! A wrapper knows the port and nothing of what is asked: it sees neither keys nor values. The endpoint that a call
//! belongs to is a task-local set by the server.

mod challenges;
mod counts;
mod devices;
mod fault;
mod pushed_requests;
mod store;
mod world;

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use symbolon::ports::{PortResult, Unavailable};

use self::{counts::Call, fault::Faults};
pub use self::{
    counts::{Counts, EndpointCounts},
    fault::{Fault, FaultMode, Port},
};

tokio::task_local! {
    /// The endpoint that handles the request of this task: under this name its calls are counted.
    pub static CURRENT_ENDPOINT: &'static str;
}

/// Name for calls outside of any request, such as the sweep.
const NO_ENDPOINT: &str = "none";

/// What all wrappers share: the counts and the faults that wait for their call.
#[derive(Debug, Default)]
pub struct Probe {
    counts: Mutex<Counts>,
    faults: Mutex<Faults>,
}

impl Probe {
    /// A copy of the counts since the last [`Probe::reset`].
    pub fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// Begins counting anew. Faults stay.
    pub fn reset(&self) {
        *lock(&self.counts) = Counts::default();
    }

    /// Plans a fault, after those already planned; `times: 0` removes all of its port instead.
    pub fn plan(&self, fault: Fault) {
        lock(&self.faults).plan(fault);
    }

    /// Wraps an adapter.
    pub fn wrap<T: ?Sized>(self: &Arc<Self>, inner: Arc<T>) -> Probed<T> {
        Probed {
            inner,
            probe: Arc::clone(self),
        }
    }

    /// Counts the call and makes it, as well as the faults of its port let it.
    async fn around<T>(
        &self,
        call: Call,
        made: Pin<Box<dyn Future<Output = PortResult<T>> + Send + '_>>,
    ) -> PortResult<T> {
        let endpoint = CURRENT_ENDPOINT.try_with(|name| *name).unwrap_or(NO_ENDPOINT);
        lock(&self.counts).count(endpoint, call);
        let fault = lock(&self.faults).next(call.port());
        match fault {
            None => made.await,
            Some(FaultMode::Fail) => Err(injected()),
            Some(FaultMode::Delay(milliseconds)) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                made.await
            }
            Some(FaultMode::LoseAnswer) => {
                drop(made.await);
                Err(injected())
            }
        }
    }
}

/// An adapter whose every call passes a [`Probe`]. It has the ports that the adapter has.
pub struct Probed<T: ?Sized> {
    inner: Arc<T>,
    probe: Arc<Probe>,
}

fn injected() -> Unavailable {
    Unavailable("injected fault".to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use symbolon::{
        model::Member,
        ports::{Clock, Members, OtpSender},
        types::{MemberId, PhoneNumber, Secret, TenantId, Timestamp},
    };

    use super::*;
    use crate::{inbox::Inbox, members::ConfiguredMembers};

    fn bench() -> (Arc<Probe>, Probed<ConfiguredMembers>) {
        let probe = Arc::new(Probe::default());
        let members = probe.wrap(Arc::default());
        (probe, members)
    }

    async fn ask(members: &Probed<ConfiguredMembers>) -> PortResult<Option<Member>> {
        members.by_id(&TenantId::new("t"), &MemberId::new("m")).await
    }

    #[tokio::test]
    async fn a_call_counts_for_its_endpoint_and_in_total_until_reset() {
        let (probe, members) = bench();
        CURRENT_ENDPOINT.scope("login", ask(&members)).await.unwrap();
        ask(&members).await.unwrap();
        let json = serde_json::to_value(probe.counts()).unwrap();
        assert_eq!(json["login"]["member_lookups"], 1);
        assert_eq!(json["login"]["store_reads"], 1);
        assert_eq!(json["total"]["member_lookups"], 2);
        probe.reset();
        assert_eq!(
            serde_json::to_value(probe.counts()).unwrap()["total"]["store_reads"],
            0
        );
    }

    #[tokio::test]
    async fn the_nth_call_of_the_named_port_fails_and_the_one_after_does_not() {
        let (probe, members) = bench();
        probe.plan(Fault {
            port: Port::Store,
            mode: FaultMode::Fail,
            nth: 1,
            times: 9,
        });
        probe.plan(Fault {
            port: Port::Members,
            mode: FaultMode::Fail,
            nth: 2,
            times: 1,
        });
        let mut failed = Vec::new();
        for _ in 0..3 {
            failed.push(ask(&members).await.is_err());
        }
        assert_eq!(failed, [false, true, false]);
    }

    #[tokio::test]
    async fn a_decoy_breaks_as_a_message_does_and_is_not_counted() {
        struct Noon;
        impl Clock for Noon {
            fn now(&self) -> Timestamp {
                Timestamp(12)
            }
        }
        let probe = Arc::new(Probe::default());
        let sender = probe.wrap(Arc::new(Inbox::new(Arc::new(Noon))));
        probe.plan(Fault {
            port: Port::Sms,
            mode: FaultMode::Fail,
            nth: 2,
            times: 1,
        });
        let (tenant, text) = (TenantId::new("t"), Secret::new("hello".to_owned()));
        let number = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
        let mut failed = Vec::new();
        for text in [Some(&text), None, None] {
            failed.push(sender.send(&tenant, &number, text).await.is_err());
        }
        assert_eq!(failed, [false, true, false]);
        assert_eq!(probe.counts().total().messages, 1);
    }
}
