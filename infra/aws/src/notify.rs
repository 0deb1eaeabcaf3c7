//! The function behind the queue of notices.

use std::time::Instant;

use futures_util::future::join_all;
use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};
use symbolon::{
    endpoints::{Notified, Notify},
    ports::{PortResult, Unavailable},
};
use tokio::sync::OnceCell;

use crate::{
    batch::{Batch, Outcome, Record},
    log::{self, Invocation, Log},
    notices::{self, NoticeQueue},
    settings::Settings,
    world::{Opened, World},
};

struct Function {
    settings: Settings,
    log: Log,
    build: fn(&World) -> Notify,
    ready: OnceCell<Ready>,
}

struct Ready {
    world: World,
    notify: Notify,
    queue: NoticeQueue,
}

/// Tells partners by what `build` makes of the world's adapters, until Lambda ends it.
pub async fn serve_notices(build: fn(&World) -> Notify) -> Result<(), Error> {
    let settings = Settings::of_environment()?;
    let function = Function {
        log: log::open(&settings.function, settings.clock.clone()),
        settings,
        build,
        ready: OnceCell::new(),
    };
    if let Err(cause) = function.ready().await {
        tracing::error!(reason = cause.0, "not ready");
    }
    let function = &function;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Batch>| async move {
        Ok::<_, Error>(function.tell(&event).await)
    }))
    .await
}

impl Function {
    async fn ready(&self) -> PortResult<&Ready> {
        let open = async || {
            let world = World::open(&self.settings).await?;
            Ok::<_, Unavailable>(Ready {
                notify: (self.build)(&world),
                queue: world.notice_queue(),
                world,
            })
        };
        self.ready.get_or_try_init(open).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long a batch took is for the log alone"
    )]
    async fn tell(&self, event: &LambdaEvent<Batch>) -> Outcome {
        let began = Instant::now();
        let line = self.log.begin(&Invocation {
            request_id: &event.context.request_id,
            trace: event.context.xray_trace_id.as_deref(),
            ..Invocation::default()
        });
        let outcome = self.all(&event.payload.records).await;
        line.finish(None, began.elapsed());
        outcome
    }

    /// All of a batch at once: a partner that hangs is waited for beside the others.
    async fn all(&self, records: &[Record]) -> Outcome {
        let mut outcome = Outcome::default();
        let done = match self.ready().await {
            Ok(ready) => {
                ready.world.refresh().await;
                join_all(records.iter().map(|record| ready.one(record))).await
            }
            Err(cause) => {
                tracing::error!(reason = cause.0, "not ready");
                vec![false; records.len()]
            }
        };
        for (record, _) in records.iter().zip(done).filter(|(_, done)| !done) {
            outcome.again(record);
        }
        outcome
    }
}

impl Ready {
    /// Whether the queue is done with it.
    async fn one(&self, record: &Record) -> bool {
        let Some(notice) = notices::read(&record.body) else {
            tracing::error!("a message that is no notice");
            return true;
        };
        match self.notify.tell(&notice, record.attempt()).await {
            Notified::Done => true,
            Notified::Later { wait } => {
                // Otherwise it comes back as soon as the queue has it do so.
                if let Err(cause) = self.queue.postpone(&record.receipt_handle, wait).await {
                    tracing::warn!(reason = cause.0, "a notice comes back early");
                }
                false
            }
        }
    }
}
