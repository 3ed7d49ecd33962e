//! The strict reader: what a server wrote, byte by byte, and everything that is wrong with it.
//!
//! A client forgives; this reader tells. It keeps the offset of whatever it sees and the time at which it came, so that a
//! report can show the place. Nothing that a server sends makes it panic or grow: what is longer than its [`Limits`] is
//! counted and no longer kept. However a stream is cut into reads, it sees the same.
//!
//! - [`http`]: the messages on a connection of HTTP/1.x, <https://www.rfc-editor.org/rfc/rfc9112>
//! - [`body`]: the event stream in one of them,
//!   <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//! - [`http2`]: what a server sent over HTTP/2
//! - [`finding`]: what may be wrong
//! - `utf8`: whether bytes are text

pub mod body;
pub mod finding;
pub mod http;
pub mod http2;
mod utf8;

pub use body::{Block, Body, Comment, Field, Item, Terminators};
pub use finding::{Finding, FindingKind};

/// How much is kept of what has no greatest length, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The head of a response. One that is longer is no longer read.
    pub head: usize,
    /// A line of the stream. Of one that is longer only the length is known beyond this.
    pub line: usize,
    /// The data of an event, likewise.
    pub data: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 64 * 1024, line: 4 * 1024 * 1024, data: 4 * 1024 * 1024 }
    }
}
