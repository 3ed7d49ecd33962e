//! Protocol 1: the messages between the harness and an adapter, one JSON object a line.
//!
//! After `hello` every message carries the number of its session. Words are the DOM's where it has one.
//!
//! - `hello`: how an adapter introduces itself
//! - `connect`, `order`: commands of the harness
//! - `observation`, `event`: what an implementation shows
//! - [`server`], [`page`]: commands and observations of servers and of pages only
//! - `message`, `server_answers`, `page_answers`: reading a line of an adapter (feature `command`)
//! - `not_protocol`: an invalid line; `line_limit`: how long one may be

pub(crate) mod connect;
#[cfg(feature = "command")]
mod empty;
pub(crate) mod event;
#[cfg(feature = "command")]
pub(crate) mod hello;
pub(crate) mod line_limit;
#[cfg(feature = "command")]
pub(crate) mod message;
#[cfg(feature = "command")]
pub(crate) mod not_protocol;
pub(crate) mod observation;
pub(crate) mod order;
pub mod page;
#[cfg(feature = "command")]
mod page_answers;
pub mod server;
#[cfg(feature = "command")]
mod server_answers;

pub use connect::{CloseIn, ConnectRequest};
pub use event::Event;
#[cfg(feature = "command")]
pub use hello::{Hello, HelloRole, PROTOCOL};
pub use line_limit::LINE_LIMIT;
#[cfg(feature = "command")]
pub use message::Message;
#[cfg(feature = "command")]
pub use not_protocol::{LineProblem, NotProtocol};
pub use observation::Observation;
pub use order::Order;
