//! The strict reader: what a server wrote, byte by byte, and everything that is wrong with it.
//!
//! A client forgives; this reader reports. It keeps the offset and the time of everything it sees, so that a report can
//! show the place. Nothing that a server sends makes it panic or grow without bound: what is longer than its [`Limits`] is
//! counted but not kept. However a stream is cut into reads, it sees the same.
//!
//! - [`http`]: the messages on a connection over HTTP/1.x, <https://www.rfc-editor.org/rfc/rfc9112>
//! - [`http2`]: the frames on a connection over HTTP/2, <https://www.rfc-editor.org/rfc/rfc9113>
//! - [`event_stream`]: the event stream in a body,
//!   <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//! - [`finding`]: what can be wrong
//! - `utf8`: whether bytes are UTF-8

pub mod event_stream;
pub mod finding;
pub mod http;
pub mod http2;
mod limits;
mod utf8;

pub use event_stream::block::Block;
pub use event_stream::item::{Comment, Field, Item};
pub use event_stream::lines::Terminators;
pub use event_stream::reader::EventStreamReader;
pub use finding::{Finding, FindingKind};
pub use limits::Limits;
