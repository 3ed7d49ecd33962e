//! The strict reader of HTTP/2, <https://www.rfc-editor.org/rfc/rfc9113>: what a server sent, frame by frame.
//!
//! It only reads. It says what HTTP/2 libraries do not: which field made a head malformed, and what came instead of the
//! preface.
//!
//! - [`reader`]: frames to pieces of messages
//! - [`fields`]: decoded field blocks, and fields that HTTP/2 does not allow
//! - `frame`: types, flags and limits of frames

pub mod fields;
mod frame;
pub mod reader;
