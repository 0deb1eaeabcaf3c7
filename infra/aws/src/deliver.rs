//! The function behind the queue of messages.

use std::time::Instant;

use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};
use symbolon::ports::{PortResult, Unavailable};
use tokio::sync::OnceCell;

use crate::{
    batch::{Batch, Outcome},
    log::{self, Invocation, Log},
    messages::Delivery,
    settings::Settings,
    world::{Opened, World},
};

struct Function {
    settings: Settings,
    log: Log,
    ready: OnceCell<(World, Delivery)>,
}

/// Delivers messages until Lambda ends it.
pub async fn serve_messages() -> Result<(), Error> {
    let settings = Settings::of_environment()?;
    let function = Function {
        log: log::open(&settings.function, settings.clock.clone()),
        settings,
        ready: OnceCell::new(),
    };
    if let Err(cause) = function.ready().await {
        tracing::error!(reason = cause.0, "not ready");
    }
    let function = &function;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Batch>| async move {
        Ok::<_, Error>(function.deliver(&event).await)
    }))
    .await
}

impl Function {
    async fn ready(&self) -> PortResult<&(World, Delivery)> {
        let open = async || {
            let world = World::open(&self.settings).await?;
            let delivery = world.delivery();
            Ok::<_, Unavailable>((world, delivery))
        };
        self.ready.get_or_try_init(open).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long a delivery took is for the log alone"
    )]
    async fn deliver(&self, event: &LambdaEvent<Batch>) -> Outcome {
        let began = Instant::now();
        let line = self.log.begin(&Invocation {
            request_id: &event.context.request_id,
            trace: event.context.xray_trace_id.as_deref(),
            ..Invocation::default()
        });
        let mut outcome = Outcome::default();
        for record in &event.payload.records {
            if let Err(cause) = self.one(&record.body).await {
                tracing::error!(reason = cause.0, "message not delivered");
                outcome.again(record);
            }
        }
        line.finish(None, began.elapsed());
        outcome
    }

    async fn one(&self, body: &str) -> PortResult<()> {
        let (world, delivery) = self.ready().await?;
        world.refresh().await;
        // Three senders deep, its type is more than the compiler follows.
        Box::pin(delivery.deliver(body)).await.map(drop)
    }
}
