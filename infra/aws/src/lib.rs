//! The Lambda side: turns an event of API Gateway's HTTP API (payload 2.0) into the request an endpoint takes, and
//! names the adapters that the functions are given.
//!
//! | module | what |
//! |---|---|
//! | `function`, `events`, `log`, `health` | one function: events in, answers out, one line of log each, what it stands on |
//! | `deliver`, `schedule` | the functions that nobody asks over HTTP |
//! | `settings`, `client`, `tables`, `system` | what a process is told, and the clients of AWS |
//! | `world` | the adapter of every port |
//! | `store` | the storage ports, in two tables |
//! | `registry` | tenants and clients, in a table |
//! | `keyring`, `wrapping`, `signing` | what seals and what signs, under KMS |
//! | `members`, `messages` | the brands' members and text messages |
//! | `notices` | the outbox of back-channel logout |
//! | `batch`, `deliver`, `notify` | what stands behind a queue |
//!
//! There is no development adapter to fall back to here.

mod batch;
mod cache;
mod client;
mod deliver;
mod document;
mod events;
mod failure;
mod function;
mod health;
mod inspection;
mod keyring;
pub mod log;
mod members;
mod messages;
mod notices;
mod notify;
mod registry;
mod request_signature;
mod schedule;
mod settings;
mod signing;
mod store;
mod system;
mod tables;
#[cfg(test)]
#[path = "../../outbound/src/tls_server.rs"]
#[expect(dead_code, reason = "it can answer worse than adapters need")]
mod tls_server;
mod world;
mod wrapping;

pub use client::{Aws, MissingSetting};
pub use deliver::serve_messages;
pub use function::serve;
pub use inspection::Inspection;
pub use keyring::{KeyringError, KeyringMaker, MadeKeyring, StoredKeyring};
pub use members::{ImportError, MemberConnector, MemberDirectory, MemberImport, MemberTable};
pub use messages::{Delivered, Delivery, EndUserMessaging, Queue, Senders, Sns, Webhook};
pub use notices::NoticeQueue;
pub use notify::serve_notices;
pub use registry::{Contents, Leftover, RegistryWriter, TableRegistry, TenantItem, WriteError, Written};
pub use schedule::serve_schedule;
pub use settings::{SettingError, Settings};
pub use signing::{KeyMaker, KeySource, KmsSigner, ListedKey, Made, MakeError, TenantKeyLives, TenantKeys};
pub use store::DynamoStore;
pub use system::{OsRandom, SystemClock};
pub use tables::Tables;
pub use world::{Opened, PublicWorld, World};
