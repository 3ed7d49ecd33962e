//! The body of a response, from its bytes to its events.
//!
//! - `decoder`: bytes to text
//! - `lines`: text to lines
//! - `field`, `retry`: a line's name and value, and the number in a `retry` field
//! - `buffers`: the lines of an event block to an event
//! - `reads`: what depends on how the bytes were cut into reads: nothing, except in a client with a defect
//! - `interpreter`: all of them, for one stream
//! - `resumption`: what is kept for the next stream; `output`: what a stream shows

mod buffers;
mod decoder;
mod field;
pub(crate) mod interpreter;
mod lines;
pub(crate) mod output;
mod reads;
pub(crate) mod resumption;
mod retry;
