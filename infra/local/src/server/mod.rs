//! The all-in-one server: issuers, partner apps and the development side on one port, told apart by `Host`.
//!
//! It owns sockets, limits and logging and knows nothing of OAuth. Nothing here may run on any address but loopback,
//! because the development side reads text messages and moves time.

mod admission;
mod connection;
mod exchange;
mod health;
mod options;
mod settings;
mod sites;
#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use symbolon::{config::Configuration, ports::Clock};
use symbolon_outbound::Outbound;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time};

pub use self::options::{ConfigSource, Options, StartError};
use self::{connection::Acceptor, exchange::Exchange, settings::Settings, sites::Sites};
use crate::{
    backend::Backend,
    demo::Partners,
    dev::Development,
    outbox::Postman,
    provider::{Provider, Workbench},
    start_page::Shown,
    store::SqliteStore,
    tls::Identity,
};

/// How long connections may take to end after a stop was asked for.
const FAREWELL: Duration = Duration::from_millis(1_200);
/// How long answers may take that nobody waits for any more.
const LAST: Duration = Duration::from_millis(400);
/// How often expired items are swept. No answer depends on it.
const SWEEP: Duration = Duration::from_mins(5);
/// How often signing keys are looked at. Each step of theirs waits for minutes at least.
const ROTATE: Duration = Duration::from_mins(1);

/// Starts servers.
pub struct Server;

/// A server that accepts connections until it is stopped.
pub struct Running {
    address: SocketAddr,
    scheme: &'static str,
    certificate: Option<PathBuf>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Opens everything, then serves. When this answers, the port accepts connections and everything works.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let data = options.data.clone();
        Self::start_on(options, async move |configuration| {
            Backend::local(configuration, &data)
        })
        .await
    }

    /// The same on other adapters, which `open` names.
    pub async fn start_on<O>(options: Options, open: O) -> Result<Running, StartError>
    where
        O: AsyncFnOnce(&Configuration) -> Result<Backend, StartError>,
    {
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        // First of all, because port 0 becomes a port here, and settings name it.
        let listener = TcpListener::bind(options.listen)
            .await
            .map_err(|e| StartError::Listen(options.listen, e))?;
        let address = listener
            .local_addr()
            .map_err(|e| StartError::Listen(options.listen, e))?;
        let scheme = if options.tls { "https" } else { "http" };
        let Settings { configuration, demo } = settings::read(&options.config, scheme, address.port())?;
        let backend = open(&configuration).await?;
        let (swept, outbox) = (backend.swept.clone(), backend.outbox.clone());

        let mut hosts: Vec<String> = configuration
            .tenants
            .iter()
            .map(|(tenant, _)| tenant.issuer.host().to_owned())
            .collect();
        hosts.extend(demo.hosts());
        let identity = options
            .tls
            .then(|| Identity::open(&options.data.join("tls"), &hosts))
            .transpose()
            .map_err(StartError::Tls)?;
        let trusted = identity.as_ref().map(Identity::certificate_pem);
        let outbound = trusted
            .iter()
            .fold(Outbound::on_this_machine(), |out, pem| out.believing(pem));
        let (provider, workbench) = Provider::on(backend, Arc::new(outbound));
        let demo_apps = Partners {
            scheme,
            port: address.port(),
            data: &options.data,
            clock: workbench.clock.clone(),
        };
        let partners = if demo.partners {
            demo_apps.sites(&configuration, trusted)?
        } else {
            Vec::new()
        };

        let shown = Shown::of(&configuration, &partners, scheme, address.port());
        let (stop, stopped) = watch::channel(false);
        if let Some(store) = swept {
            tokio::spawn(sweep(store, workbench.clock.clone(), stopped.clone()));
        }
        tokio::spawn(rotate(workbench.clone(), stopped.clone()));
        let postman = Postman {
            outbox,
            notify: provider.notify(),
            clock: workbench.clock.clone(),
        };
        tokio::spawn(postman.run(stopped.clone()));
        let development = Development::new(workbench, shown);
        let sites = Sites::new(provider, &configuration, partners, development);
        let acceptor = Acceptor {
            listener,
            tls: identity.as_ref().map(Identity::acceptor),
        };
        let accepting = tokio::spawn(acceptor.run(Arc::new(Exchange::new(sites)), stopped));
        let certificate = identity.map(|identity| identity.certificate_path().to_owned());
        Ok(Running {
            address,
            scheme,
            certificate,
            stop,
            accepting,
        })
    }
}

impl Running {
    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The start page.
    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port())
    }

    /// The certificate to trust, with `--tls`.
    pub fn certificate(&self) -> Option<&Path> {
        self.certificate.as_deref()
    }

    /// Takes no more requests, lets those under way finish for a moment, and gives the data directory free.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.accepting.await.is_err() {
            tracing::error!("the accept loop ended by a panic");
        }
        // Requests whose client has gone hold on to the stop signal too.
        if time::timeout(LAST, self.stop.closed()).await.is_err() {
            tracing::warn!("stopped with requests under way");
        }
    }
}

async fn sweep(store: Arc<SqliteStore>, clock: Arc<dyn Clock>, mut stopped: watch::Receiver<bool>) {
    let mut turns = time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = turns.tick() => {}
        }
        match store.sweep(clock.now()).await {
            Ok(0) => {}
            Ok(items) => tracing::info!(items, "swept"),
            Err(cause) => tracing::warn!(reason = cause.0, "could not sweep"),
        }
    }
}

async fn rotate(bench: Workbench, mut stopped: watch::Receiver<bool>) {
    let mut turns = time::interval(ROTATE);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = turns.tick() => {}
        }
        let _turn = bench.turns.lock().await;
        if let Err(cause) = bench.rotate.turn().await {
            tracing::warn!(reason = cause.0, "not all signing keys were looked after");
        }
    }
}
