//! The reader of an event stream.

use std::time::Duration;

use crate::event_stream::builder::Builder;
use crate::event_stream::item::Item;
use crate::event_stream::lines::{Lines, Terminators};
use crate::finding::{Finder, FindingKind};
use crate::limits::Limits;

/// The reader of one body.
#[derive(Debug, Clone)]
pub struct EventStreamReader {
    lines: Lines,
    block: Builder,
    finder: Finder,
    longest: u64,
}

impl EventStreamReader {
    /// A reader for the start of a body.
    pub fn new(limits: Limits) -> Self {
        Self {
            lines: Lines::new(limits.line),
            block: Builder::new(limits.data),
            finder: Finder::default(),
            longest: 0,
        }
    }

    /// Reads the next bytes of the body, received at `at`, and appends to `items` what they complete.
    pub fn feed(&mut self, bytes: &[u8], at: Duration, items: &mut Vec<Item>) {
        let Self { lines, block, finder, longest } = self;
        lines.feed(bytes, finder, items, &mut |line, finder, items| {
            *longest = (*longest).max(line.length);
            block.line(&line, at, finder, items);
        });
    }

    /// The end of the body; reports what is unfinished.
    pub fn end(&mut self, items: &mut Vec<Item>) {
        let Self { lines, block, finder, longest } = self;
        if let Some(line) = lines.end(finder, items) {
            *longest = (*longest).max(line.length);
            let kind = block.document(line.bytes).unwrap_or(FindingKind::UnfinishedLine);
            let found = finder.find(kind, line.offset, line.bytes);
            items.extend(found.map(Item::Finding));
        }
        block.end(finder, items);
    }

    /// How many bytes were received.
    pub fn length(&self) -> u64 {
        self.lines.offset()
    }

    /// The length of the longest line in bytes, including an unfinished one.
    pub fn longest_line(&self) -> u64 {
        self.longest.max(self.lines.unfinished())
    }

    /// How its lines ended so far. A CR counts once the byte after it is known.
    pub fn terminators(&self) -> Terminators {
        self.lines.terminators()
    }

    /// Whether the last line is unfinished.
    pub fn is_within_line(&self) -> bool {
        self.lines.unfinished() > 0
    }
}
