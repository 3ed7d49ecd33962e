//! Lines to blocks: what a block would dispatch, and what is wrong with its fields.

use std::time::Duration;

use crate::event_stream::block::Block;
use crate::event_stream::document;
use crate::event_stream::item::{Comment, Field, Item};
use crate::event_stream::lines::{Before, Line};
use crate::event_stream::names;
use crate::finding::{Finder, FindingKind};

/// How many unknown fields of one block are kept.
const MOST_UNKNOWN: usize = 16;

/// How much of an unknown field is kept, in bytes.
const SHOWN: usize = 120;

/// A field that clients do not know.
#[derive(Debug, Clone)]
struct UnknownField {
    offset: u64,
    excerpt: Vec<u8>,
    /// Whether the line before it, or before others like it, is `data`.
    follows_data: bool,
    follows_carriage_return: bool,
    is_plausible: bool,
}

/// What the line before was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Previous {
    Data,
    Unknown,
    Other,
}

/// The block that is being read.
#[derive(Debug, Clone)]
pub(crate) struct Builder {
    limit: usize,
    block: Block,
    lines: u64,
    previous: Previous,
    unknown: Vec<UnknownField>,
    is_first_line: bool,
}

impl Builder {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            block: Block::default(),
            lines: 0,
            previous: Previous::Other,
            unknown: Vec::new(),
            is_first_line: true,
        }
    }

    /// Whether a document begins with this line: at the start of the stream, or of a block. Later in a block, it may be a line of
    /// a payload.
    pub(crate) fn document(&self, line: &[u8]) -> Option<FindingKind> {
        if self.is_first_line && document::is_start(line) {
            return Some(FindingKind::Document);
        }
        (self.block.fields == 0 && document::is_error(line)).then_some(FindingKind::DocumentWithin)
    }

    /// The next line.
    pub(crate) fn line(&mut self, line: &Line<'_>, at: Duration, finder: &mut Finder, items: &mut Vec<Item>) {
        if line.length == 0 {
            return self.blank(line, at, finder, items);
        }
        if self.lines == 0 {
            (self.block.offset, self.block.began) = (line.offset, at);
        }
        self.lines += 1;
        self.block.last_line = at;
        if let Some(comment) = line.bytes.strip_prefix(b":") {
            self.block.comments += 1;
            self.previous = Previous::Other;
            let text = String::from_utf8_lossy(comment).into_owned();
            items.push(Item::Comment(Comment { offset: line.offset, at, text, length: line.length }));
        } else {
            let text = String::from_utf8_lossy(line.bytes);
            let (name, value) = text.split_once(':').unwrap_or((&text, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            self.field(line, name, value, finder, items);
            let (name, value) = (name.to_owned(), value.to_owned());
            items.push(Item::Field(Field { offset: line.offset, at, name, value, length: line.length }));
        }
        self.is_first_line = false;
    }

    /// The end of the stream.
    pub(crate) fn end(&mut self, finder: &mut Finder, items: &mut Vec<Item>) {
        if self.lines > 0 {
            // No payload goes on like that.
            let page = self.unknown.iter().find(|line| document::is_error(&line.excerpt));
            let found = page.and_then(|p| finder.find(FindingKind::DocumentWithin, p.offset, &p.excerpt));
            items.extend(found.map(Item::Finding));
            let rest = self.block.data.clone().unwrap_or_default();
            let found = finder.find(FindingKind::UnfinishedBlock, self.block.offset, rest.as_bytes());
            items.extend(found.map(Item::Finding));
        }
    }

    fn field(
        &mut self,
        line: &Line<'_>,
        name: &str,
        value: &str,
        finder: &mut Finder,
        items: &mut Vec<Item>,
    ) {
        let document = self.document(line.bytes);
        self.block.fields += 1;
        let mut tell = |kind| items.extend(finder.find(kind, line.offset, line.bytes).map(Item::Finding));
        let mut previous = Previous::Other;
        match name {
            "data" => {
                previous = Previous::Data;
                // The colon and its space are not part of the value; what is not kept of the line is.
                let whole = line.length.saturating_sub(line.bytes.len() as u64) + value.len() as u64;
                self.append(value, whole);
            }
            "event" => self.block.event = Some(value.to_owned()),
            "id" if value.contains('\0') => tell(FindingKind::IdWithNul),
            "id" => self.block.id = Some(value.to_owned()),
            "retry" => {
                if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
                    tell(FindingKind::RetryNotDigits);
                }
                self.block.retry = Some(value.to_owned());
            }
            _ if document.is_some() => document.into_iter().for_each(tell),
            // After data, such a line is text of the payload.
            _ => match names::meant(name).or_else(|| {
                let text = std::str::from_utf8(line.bytes).ok();
                text.filter(|_| self.previous == Previous::Other).and_then(names::without_colon)
            }) {
                Some(known) => tell(FindingKind::NearMiss(known)),
                None => {
                    self.keep_unknown(line, name);
                    previous = Previous::Unknown;
                }
            },
        }
        self.previous = previous;
    }

    fn append(&mut self, value: &str, whole: u64) {
        let data = match &mut self.block.data {
            Some(data) => {
                self.block.data_length += 1;
                if data.len() < self.limit {
                    data.push('\n');
                }
                data
            }
            none => none.insert(String::new()),
        };
        self.block.data_length += whole;
        let room = self.limit.saturating_sub(data.len());
        let mut end = value.len().min(room);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        data.push_str(value.get(..end).unwrap_or_default());
    }

    fn keep_unknown(&mut self, line: &Line<'_>, name: &str) {
        if self.unknown.len() < MOST_UNKNOWN {
            let follows = match self.previous {
                Previous::Data => true,
                Previous::Unknown => self.unknown.last().is_some_and(|before| before.follows_data),
                Previous::Other => false,
            };
            self.unknown.push(UnknownField {
                offset: line.offset,
                excerpt: line.bytes.get(..SHOWN).unwrap_or(line.bytes).to_vec(),
                follows_data: follows,
                follows_carriage_return: line.before == Before::CarriageReturn,
                is_plausible: names::is_plausible(name),
            });
        }
    }

    /// A blank line: the block is complete.
    fn blank(&mut self, line: &Line<'_>, at: Duration, finder: &mut Finder, items: &mut Vec<Item>) {
        if self.lines == 0 {
            return;
        }
        // If other lines end with LF or CRLF, a CR was part of a payload.
        let is_stray = line.terminators.lf + line.terminators.crlf > 0;
        for line in std::mem::take(&mut self.unknown) {
            let broken =
                line.follows_data && (!line.is_plausible || (is_stray && line.follows_carriage_return));
            let kind = if broken { FindingKind::UnsplitPayload } else { FindingKind::UnknownField };
            items.extend(finder.find(kind, line.offset, &line.excerpt).map(Item::Finding));
        }
        let block = Block { at, ..std::mem::take(&mut self.block) };
        if !block.is_event() && (block.event.is_some() || block.id.is_some()) {
            let text = block.event.as_deref().or(block.id.as_deref()).unwrap_or_default();
            let found = finder.find(FindingKind::BlockWithoutData, block.offset, text.as_bytes());
            items.extend(found.map(Item::Finding));
        }
        items.push(Item::Block(block));
        self.lines = 0;
        self.previous = Previous::Other;
    }
}
