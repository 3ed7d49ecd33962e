//! The messages that a server writes on a connection over HTTP/1.x.
//!
//! <https://www.rfc-editor.org/rfc/rfc9112>
//!
//! Reading continues after a violation if the rest still has one meaning; otherwise, as after a malformed chunk size, the
//! rest is only counted.
//!
//! - [`reader`]: the reader; [`piece`]: what it sees
//! - [`head`], `head_reader`: a head, and its lines
//! - [`framing`], `content`, `chunks`: where the content of a message ends

mod chunks;
mod content;
pub mod framing;
pub mod head;
mod head_reader;
pub mod piece;
#[cfg(test)]
mod properties;
pub mod reader;
#[cfg(test)]
mod tests;

pub use framing::{Asked, Framing};
pub use head::{FieldLine, Head};
pub use piece::Piece;
pub use reader::Http1Reader;
