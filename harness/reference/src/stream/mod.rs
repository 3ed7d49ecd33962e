//! The body of a response, from its bytes to its events.
//!
//! - `decoder`: bytes to text; `passed_on`: invalid bytes that stay, in a client with a defect
//! - `lines`: text to lines
//! - `field`, `retry`: a line's name and value, and the number in a `retry` field
//! - `buffers`: the lines of an event block to an event; `notes`: what defects remember of earlier ones
//! - `reads`: what depends on how the bytes were cut into reads: nothing, except in a client with a defect
//! - `interpreter`: all of them, for one stream
//! - `resumption`: what is kept for the next stream; `output`: what a stream shows

mod buffers;
pub(crate) mod decoder;
mod field;
pub(crate) mod interpreter;
mod lines;
mod notes;
pub(crate) mod output;
pub(crate) mod passed_on;
mod reads;
pub(crate) mod resumption;
mod retry;
