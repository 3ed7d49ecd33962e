//! HTTP on the wire, written as a script specifies: HTTP/1.1 byte for byte, HTTP/2 frame by frame.
//!
//! A [`Listener`] accepts connections and reports everything that happens on them as [`WireEvent`]s on a channel. A
//! request comes with its [`Exchange`], which writes the response. Between two writes it waits until the peer has read
//! the first (the [barrier](Barrier)), so that separate writes arrive separately.
//!
//! - `listener`: the listener; it uses `port` (listening and refusing) and `registry` (open connections)
//! - `perform`: performing a script's action
//! - `diversion`: requests that are not for scripts
//! - `http1`: an HTTP/1.1 connection, its requests and our responses
//! - `budget`: the memory that requests may take
//! - `barrier`: waiting until a peer has read; `kernel`: asking the system whether it has
//! - `event`: everything that is reported; `captured`, `departure`: parts of it
//! - [`http2`]: HTTP/2: its connections and streams, a client, and frames for deliberate mistakes
//! - `versions`: which of both a listener speaks
//! - `transport`: the socket of a connection; [`tls`]: TLS on it

mod barrier;
mod budget;
mod captured;
mod departure;
mod diversion;
mod event;
mod http1;
pub mod http2;
mod kernel;
mod listener;
mod perform;
mod port;
mod registry;
pub mod tls;
mod transport;
mod versions;

pub use self::barrier::{BARRIER_PATIENCE, Barrier, BarrierMode};
pub use self::captured::{CAPTURE_LIMIT, Captured};
pub use self::departure::Departure;
pub use self::diversion::{Diversion, Diverted, DivertedStream};
pub use self::event::{Detail, WireEvent, WireEventKind};
pub use self::http1::exchange::Exchange;
pub use self::http1::handle::{PeerGone, PushError, Written};
pub use self::http1::pusher::{PUSH_LIMIT, Pusher};
pub use self::http1::request::{Request, Version};
pub use self::listener::{Listener, Options};
pub use self::versions::Versions;
