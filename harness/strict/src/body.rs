//! The event stream in a body: lines, fields, comments and blocks with their offsets, and what is wrong with them.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//!
//! - `lines`: bytes to lines, terminators and text
//! - `block`: lines to blocks
//! - `names`: names that are almost those that clients know

mod block;
mod lines;
mod names;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use self::block::Block;
use self::block::Builder;
use self::lines::Lines;
pub use self::lines::Terminators;
use super::finding::Finder;
use super::{Finding, FindingKind, Limits};

/// What the reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A comment.
    Comment(Comment),
    /// A field, of whatever name.
    Field(Field),
    /// A block that an empty line has ended; it dispatches an event if it has data.
    Block(Block),
    /// Something that is wrong.
    Finding(Finding),
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Where its colon stands, in bytes from the start of the body.
    pub offset: u64,
    /// When its line was complete.
    pub at: Duration,
    /// What follows its colon, as far as it is kept; invalid bytes are U+FFFD.
    pub text: String,
    /// The length of its line in bytes, without the terminator.
    pub length: u64,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where its name begins, in bytes from the start of the body.
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

/// The reader of one body.
#[derive(Debug, Clone)]
pub struct Body {
    lines: Lines,
    block: Builder,
    finder: Finder,
    longest: u64,
}

impl Body {
    /// A reader for the start of a body.
    pub fn new(limits: Limits) -> Self {
        Self {
            lines: Lines::new(limits.line),
            block: Builder::new(limits.data),
            finder: Finder::default(),
            longest: 0,
        }
    }

    /// Reads the next bytes of the body, which came at `at`, and appends to `items` what they show.
    pub fn feed(&mut self, bytes: &[u8], at: Duration, items: &mut Vec<Item>) {
        let Self { lines, block, finder, longest } = self;
        lines.feed(bytes, finder, items, &mut |line, finder, items| {
            *longest = (*longest).max(line.length);
            block.line(&line, at, finder, items);
        });
    }

    /// The end of the body; tells what is unfinished.
    pub fn end(&mut self, items: &mut Vec<Item>) {
        let Self { lines, block, finder, longest } = self;
        if let Some(line) = lines.end(finder, items) {
            *longest = (*longest).max(line.length);
            let is_document = block.is_start_of_document(line.bytes);
            let kind = if is_document { FindingKind::Document } else { FindingKind::UnfinishedLine };
            let found = finder.find(kind, line.offset, line.bytes);
            items.extend(found.map(Item::Finding));
        }
        block.end(finder, items);
    }

    /// How many bytes came.
    pub fn length(&self) -> u64 {
        self.lines.offset()
    }

    /// The length of the longest line in bytes, one that is not yet complete included.
    pub fn longest_line(&self) -> u64 {
        self.longest.max(self.lines.unfinished())
    }

    /// How its lines ended so far. A CR that came last counts once the byte after it is known.
    pub fn terminators(&self) -> Terminators {
        self.lines.terminators()
    }

    /// Whether a line has begun and not ended.
    pub fn is_within_line(&self) -> bool {
        self.lines.unfinished() > 0
    }
}
