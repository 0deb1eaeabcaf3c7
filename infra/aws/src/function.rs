//! One function: opened in init, then one request after the other until Lambda ends it.

use std::time::Instant;

use lambda_http::{Body, Error, RequestExt, service_fn};
use symbolon::{
    endpoints::Endpoint,
    ports::Unavailable,
    wire::{Request, Response, respond},
};
use tokio::sync::OnceCell;

use crate::{
    events, health,
    log::{self, Invocation, Log},
    settings::Settings,
    world::Opened,
};

/// Runs the endpoint that `build` makes of the world's adapters.
///
/// Init opens the world, which also opens the connections that requests will use. A world that is out of reach then
/// does not end the process, because Lambda would answer for it in its own words: each request tries again and is told
/// to come back.
pub async fn serve<W, E>(build: fn(&W) -> E) -> Result<(), Error>
where
    W: Opened,
    E: Endpoint,
{
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
    lambda_http::run(service_fn(|event| async move {
        Ok::<_, Error>(function.answer(event).await)
    }))
    .await
}

struct Function<W, E> {
    settings: Settings,
    log: Log,
    build: fn(&W) -> E,
    ready: OnceCell<Ready<W, E>>,
}

struct Ready<W, E> {
    world: W,
    endpoint: E,
}

impl<W: Opened, E: Endpoint> Function<W, E> {
    async fn ready(&self) -> Result<&Ready<W, E>, Unavailable> {
        let open = async || {
            let world = W::open(&self.settings).await?;
            let endpoint = (self.build)(&world);
            Ok(Ready { world, endpoint })
        };
        self.ready.get_or_try_init(open).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long an answer took is for the log alone"
    )]
    async fn answer(&self, event: lambda_http::Request) -> lambda_http::Response<Body> {
        let began = Instant::now();
        let context = event.lambda_context_ref();
        let line = self.log.begin(&Invocation {
            method: event.method().as_str(),
            path: event.uri().path(),
            request_id: context.map_or("", |context| &context.request_id),
            trace: context.and_then(|context| context.xray_trace_id.as_deref()),
        });
        let named = context.and_then(|context| context.request_id.parse().ok());
        let mut response = self.respond(events::request_of(event)).await;
        line.finish(Some(response.status().as_u16()), began.elapsed());
        // What no endpoint could give an id to quote has the one that begins its line of the log.
        if let Some(id) = named.filter(|_| response.status().is_server_error()) {
            response.headers_mut().entry("x-request-id").or_insert(id);
        }
        events::answer_of(response)
    }

    async fn respond(&self, request: Request) -> Response {
        let ready = self.ready().await;
        if let Some(asked) = health::asked(&request) {
            let world = ready.map(|ready| &ready.world);
            return health::answer(asked, &self.settings, world.map(Opened::needs)).await;
        }
        match ready {
            Ok(ready) => {
                ready.world.refresh().await;
                ready.endpoint.handle(request).await
            }
            Err(cause) => {
                tracing::error!(reason = cause.0, "not ready");
                respond::out_of_reach()
            }
        }
    }
}
