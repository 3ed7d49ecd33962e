//! What the reader of an event stream sees.

use std::time::Duration;

use crate::event_stream::block::Block;
use crate::finding::Finding;

/// What the reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A comment.
    Comment(Comment),
    /// A field with any name.
    Field(Field),
    /// A block that a blank line ended; it dispatches an event if it has data.
    Block(Block),
    /// Something that is wrong.
    Finding(Finding),
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The offset of its colon, in bytes from the start of the body.
    pub offset: u64,
    /// When its line was complete.
    pub at: Duration,
    /// The text after its colon, as far as it is kept; invalid bytes are U+FFFD.
    pub text: String,
    /// The length of its line in bytes, without the terminator.
    pub length: u64,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The offset of its name, in bytes from the start of the body.
    pub offset: u64,
    /// When its line was complete.
    pub at: Duration,
    /// Its name.
    pub name: String,
    /// Its value, without the one space after the colon, as far as it is kept; invalid bytes are U+FFFD.
    pub value: String,
    /// The length of its line in bytes, without the terminator.
    pub length: u64,
}
