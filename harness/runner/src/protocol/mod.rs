//! Protocol 1: the messages between the harness and an adapter, one JSON object a line.
//!
//! After `hello` every message carries the number of its session. Words are the DOM's where it has one.
//!
//! - `hello`: how an adapter introduces itself
//! - `connect`, `order`: commands of the harness
//! - `observation`, `event`: what an implementation shows
//! - [`server`], [`page`]: commands and observations of servers and of pages only
//! - `message`: reading a line of an adapter
//! - `not_protocol`: an invalid line

pub(crate) mod connect;
mod empty;
pub(crate) mod event;
pub(crate) mod hello;
pub(crate) mod message;
pub(crate) mod not_protocol;
pub(crate) mod observation;
pub(crate) mod order;
pub mod page;
pub mod server;

pub use connect::{CloseIn, ConnectRequest};
pub use event::Event;
pub use hello::{Hello, LINE_LIMIT, PROTOCOL};
pub use message::Message;
pub use not_protocol::NotProtocol;
pub use observation::Observation;
pub use order::Order;
