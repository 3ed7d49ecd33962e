//! HTTP/1.1 on the wire, written byte for byte as a script says.
//!
//! A [`Listener`] accepts connections and tells on a channel, as [`WireEvent`]s, all that happens on them. A request
//! comes with its [`Exchange`], which writes the answer. Between two writes it waits until the peer has read the first
//! (the [barrier](Barrier)), so that what is sent apart arrives apart.
//!
//! - `listener`: what the harness holds; `port` beneath it: listening, refusing
//! - `registry`: the open connections of a listener
//! - `connection`: the task that owns a socket; `intake` and `output` are its two directions
//! - `diversion`: connections that are not for scripts
//! - `exchange`: one request and our answer to it
//! - `request`, `response`: bytes to requests, responses to bytes
//! - `barrier`: waiting until a peer has read; `kernel`: asking the system whether it has
//! - `event`: what is told
//! - [`http2`]: HTTP/2: a client, and frames for what must be wrong on purpose

mod barrier;
mod connection;
mod diversion;
mod event;
mod exchange;
pub mod http2;
mod intake;
mod kernel;
mod listener;
mod output;
mod port;
mod registry;
mod request;
mod response;

pub use self::barrier::{BARRIER_PATIENCE, Barrier, BarrierMode};
pub use self::diversion::{Diversion, Diverted};
pub use self::event::{CAPTURE_LIMIT, Captured, Departure, WireEvent, WireEventKind};
pub use self::exchange::{Exchange, PeerGone};
pub use self::listener::{Listener, Options};
pub use self::request::{Request, Version};
