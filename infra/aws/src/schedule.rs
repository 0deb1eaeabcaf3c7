//! The function that the clock calls.

use std::time::Instant;

use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};
use serde::de::IgnoredAny;
use symbolon::{
    endpoints::Rotate,
    ports::{PortResult, Unavailable},
};
use tokio::sync::OnceCell;

use crate::{
    log::{self, Invocation, Log},
    settings::Settings,
    world::{Opened, PublicWorld},
};

struct Function {
    settings: Settings,
    log: Log,
    build: fn(&PublicWorld) -> Rotate,
    ready: OnceCell<Rotate>,
}

/// Moves signing keys on whenever it is called, until Lambda ends it. A call that could not do everything fails, so
/// that it is repeated and counted.
pub async fn serve_schedule(build: fn(&PublicWorld) -> Rotate) -> Result<(), Error> {
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
    lambda_runtime::run(service_fn(|event: LambdaEvent<IgnoredAny>| async move {
        function
            .turn(&event)
            .await
            .map_err(|Unavailable(cause)| Error::from(cause))
    }))
    .await
}

impl Function {
    async fn ready(&self) -> PortResult<&Rotate> {
        let open = async || {
            let world = PublicWorld::open(&self.settings).await?;
            Ok::<_, Unavailable>((self.build)(&world))
        };
        self.ready.get_or_try_init(open).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long a turn took is for the log alone"
    )]
    async fn turn(&self, event: &LambdaEvent<IgnoredAny>) -> PortResult<()> {
        let began = Instant::now();
        let line = self.log.begin(&Invocation {
            request_id: &event.context.request_id,
            trace: event.context.xray_trace_id.as_deref(),
            ..Invocation::default()
        });
        let done = async { self.ready().await?.turn().await }.await;
        if let Err(cause) = &done {
            tracing::error!(reason = cause.0, "signing keys not moved on");
        }
        line.finish(None, began.elapsed());
        done
    }
}
