use std::path::Path;

use symbolon_local::server::{ConfigSource, Options, Running, Server};

#[cfg(feature = "aws")]
use super::{aws::Account, stack::Stack};
use super::{oracle::Oracle, world::options};

/// What answers a world's requests.
pub enum Provider {
    /// The local server, in this process.
    Server(Box<InProcess>),
    /// The local server, as a process of its own.
    Process { port: u16 },
    /// A certified provider that is not ours.
    Oracle(Oracle),
    /// Functions behind an API.
    #[cfg(feature = "aws")]
    Stack(Stack),
}

/// The local server on its own store, or on tables at the emulator.
pub struct InProcess {
    running: Option<Running>,
    options: Options,
    port: u16,
    #[cfg(feature = "aws")]
    tables: Option<Account>,
}

/// What the suites run against, as their runner says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Local,
    Oracle,
    #[cfg(feature = "aws")]
    DynamoDb,
    #[cfg(feature = "aws")]
    Stack,
}

impl Target {
    #[expect(
        clippy::disallowed_methods,
        reason = "the runner of the suites says what they run against"
    )]
    fn named() -> Self {
        match std::env::var("SYMBOLON_TARGET").as_deref() {
            Err(_) | Ok("local") => Self::Local,
            Ok("oracle") => Self::Oracle,
            #[cfg(feature = "aws")]
            Ok("dynamodb") => Self::DynamoDb,
            #[cfg(feature = "aws")]
            Ok("stack") => Self::Stack,
            Ok(other) => {
                panic!("SYMBOLON_TARGET is local, oracle, dynamodb or stack (with its feature), not {other}")
            }
        }
    }
}

impl Provider {
    /// Starts on what the runner named, with this configuration.
    pub async fn start(data: &Path, configuration: String) -> Self {
        #[cfg(feature = "aws")]
        if Target::named() == Target::Stack {
            return Self::Stack(Stack::seeded(data, &configuration).await);
        }
        if Target::named() == Target::Oracle {
            return Self::Oracle(Oracle::start(data, &configuration).await);
        }
        let mut server = InProcess {
            running: None,
            options: options(data, ConfigSource::Text(configuration)),
            port: 0,
            #[cfg(feature = "aws")]
            tables: match Target::named() {
                Target::DynamoDb => Some(Account::new().await),
                _ => None,
            },
        };
        server.start().await;
        Self::Server(Box::new(server))
    }

    pub fn port(&self) -> u16 {
        match self {
            Self::Server(server) => server.port,
            Self::Process { port } => *port,
            Self::Oracle(oracle) => oracle.port(),
            #[cfg(feature = "aws")]
            Self::Stack(stack) => stack.port(),
        }
    }

    /// Ends it, and starts another on the same data and port, perhaps with another configuration.
    pub async fn restart(&mut self, configuration: Option<String>) {
        match self {
            Self::Server(server) => {
                server.running.take().unwrap().stop().await;
                if let Some(text) = configuration {
                    server.options.config = ConfigSource::Text(text);
                }
                server.start().await;
            }
            Self::Process { .. } => panic!("a process is restarted by its own handle"),
            Self::Oracle(oracle) => {
                if let Some(text) = configuration {
                    oracle.configure(&text).await;
                }
            }
            #[cfg(feature = "aws")]
            Self::Stack(stack) => {
                if let Some(text) = configuration {
                    stack.seed(&text).await;
                }
            }
        }
    }

    /// A host of the demo, as this provider has it.
    pub fn host(&self, name: &str) -> String {
        match self {
            Self::Server(_) | Self::Process { .. } | Self::Oracle(_) => name.to_owned(),
            #[cfg(feature = "aws")]
            Self::Stack(stack) => stack.host(name),
        }
    }

    /// Panics where there is no development side.
    pub fn develops(&self) {
        match self {
            Self::Server(_) | Self::Process { .. } | Self::Oracle(_) => {}
            #[cfg(feature = "aws")]
            Self::Stack(_) => panic!("no Lambda has a development side"),
        }
    }
}

impl InProcess {
    async fn start(&mut self) {
        self.options.listen.set_port(self.port);
        let running = self.open().await;
        self.port = running.port();
        self.running = Some(running);
    }

    #[cfg(not(feature = "aws"))]
    async fn open(&self) -> Running {
        Server::start(self.options.clone()).await.unwrap()
    }

    #[cfg(feature = "aws")]
    async fn open(&self) -> Running {
        use std::sync::Arc;

        use symbolon_local::backend::Backend;

        let Some(account) = &self.tables else {
            return Server::start(self.options.clone()).await.unwrap();
        };
        let (data, store) = (self.options.data.clone(), Arc::new(account.store()));
        let open = async |configuration: &_| {
            let mut backend = Backend::local(configuration, &data)?;
            (backend.store, backend.swept) = (store, None);
            Ok(backend)
        };
        Server::start_on(self.options.clone(), open).await.unwrap()
    }
}
