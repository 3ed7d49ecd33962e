//! HTTP/1.1 on the wire, written byte for byte as a script says.
//!
//! A [`Listener`] accepts connections and reports everything that happens on them as [`WireEvent`]s on a channel. A
//! request comes with its [`Exchange`], which writes the answer. Between two writes it waits until the peer has read the
//! first one (the [barrier](Barrier)), so that separate writes arrive separately.
//!
//! - `listener`: accepting and refusing connections; `port`: the socket beneath it
//! - `registry`: the open connections of a listener
//! - `connection`: the task that owns a socket; `intake` and `output` are its two directions
//! - `handle`, `order`: a connection as seen from its exchanges, and the orders that they give it
//! - `diversion`: connections that are not for scripts
//! - `exchange`: one request and the answer to it; `perform`: performing actions on it
//! - `request`: a request; `request_reader`: reading it from bytes
//! - `response`: writing responses as bytes
//! - `barrier`: waiting until a peer has read; `kernel`: asking the operating system whether it has
//! - `event`: what is reported; `captured`, `departure`: parts of events

mod barrier;
mod captured;
mod connection;
pub(crate) mod departure;
mod diversion;
pub(crate) mod event;
pub(crate) mod exchange;
pub(crate) mod handle;
mod intake;
mod kernel;
pub(crate) mod listener;
mod order;
mod output;
mod perform;
mod port;
mod registry;
pub(crate) mod request;
mod request_reader;
mod response;

pub use self::barrier::{BARRIER_PATIENCE, Barrier, BarrierMode};
pub use self::captured::{CAPTURE_LIMIT, Captured};
pub use self::departure::Departure;
pub use self::diversion::{Diversion, Diverted};
pub use self::event::{WireEvent, WireEventKind};
pub use self::exchange::Exchange;
pub use self::handle::PeerGone;
pub use self::listener::{Listener, Options};
pub use self::request::{Request, Version};
