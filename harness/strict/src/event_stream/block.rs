//! An event block.

use std::time::Duration;

/// The lines up to a blank line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// The offset of its first line, in bytes from the start of the body.
    pub offset: u64,
    /// When its first line was complete.
    pub began: Duration,
    /// When the last line before the blank one was complete.
    pub last_line: Duration,
    /// When the blank line was complete.
    pub at: Duration,
    /// The event's type: the value of the last `event` field.
    pub event: Option<String>,
    /// The event's data, as far as it is kept; `None` if there is no `data` field, and so no event.
    pub data: Option<String>,
    /// The true length of the data in bytes.
    pub data_length: u64,
    /// The value of the last `id` field that clients do not ignore.
    pub id: Option<String>,
    /// The value of the last `retry` field, valid or not.
    pub retry: Option<String>,
    /// How many lines are fields.
    pub fields: u64,
    /// How many lines are comments.
    pub comments: u64,
}

impl Block {
    /// Whether it dispatches an event.
    pub fn is_event(&self) -> bool {
        self.data.is_some()
    }
}
