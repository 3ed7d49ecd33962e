//! The event stream in a body: lines, fields, comments and blocks with their offsets, and what is wrong with them.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//!
//! - [`reader`]: the reader
//! - [`item`], [`block`]: what it sees
//! - [`lines`]: bytes to lines, terminators and text
//! - `builder`: lines to blocks
//! - `names`: misspelled field names

pub mod block;
mod builder;
mod document;
pub mod item;
pub mod lines;
mod names;
#[cfg(test)]
mod properties;
pub mod reader;
#[cfg(test)]
mod tests;
