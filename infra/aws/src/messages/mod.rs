//! Text messages: a queue in front, and whoever carries a tenant's messages behind it (docs/decisions/0022).
//!
//! [`Queue`] is the port's adapter: it seals the message and hands it over, a decoy exactly so. [`Delivery`] takes one
//! out at the other end and sends it.

mod delivery;
mod end_user_messaging;
mod envelope;
mod queue;
mod sns;
mod webhook;

pub use self::{
    delivery::{Delivered, Delivery, Senders},
    end_user_messaging::EndUserMessaging,
    queue::Queue,
    sns::Sns,
    webhook::Webhook,
};
