//! The real server on a free port, a small browser, and a partner's way of talking to a brand.

mod apis;
#[cfg(feature = "aws")]
pub mod aws;
mod browser;
mod checks;
mod client;
mod demo_key;
mod device;
mod dpop;
mod oracle;
mod outcome;
mod page;
mod process;
mod provider;
mod pushed;
mod raw;
mod receiver;
#[cfg(feature = "aws")]
pub mod stack;
mod steps;
mod timing;
mod trail;
mod transfer;
mod trap;
mod world;

pub use apis::APIS;
pub use browser::Browser;
pub use checks::{
    answer_header, at_once, basic, error_of, fields, media_type, not_cacheable, number, refusal, replaced,
};
pub use client::{Authorization, Client, Tokens, claims_of, header_of, tampered};
pub use demo_key::{FAPI_KEY, RSA_KEY, RSA_MODULUS};
pub use device::DeviceCodes;
pub use dpop::{DpopKey, DpopProof};
pub use page::{Page, query_of};
pub use process::{Process, run};
pub use raw::RawAnswer;
pub use receiver::{Event, Mood, Receiver};
pub use steps::{filled, wrong};
pub use timing::{LENIENT, rank_test, stopwatch};
pub use trail::Trail;
pub use transfer::{EXCHANGE, SESSION_TRANSFER};
pub use trap::Trap;
pub use world::{Brand, World};

/// The demo's members.
pub const ALICE: &str = "+447700900101";
pub const BOB: &str = "+447700900102";
pub const CAROL: &str = "+447700900103";
pub const TEST_MEMBER: &str = "+447700900199";
/// A number nobody has.
pub const NOBODY: &str = "+447700900555";
