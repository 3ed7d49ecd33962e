//! Bytes to lines. A line is complete with the first byte of its terminator; whether an LF follows a CR is known later.

use crate::event_stream::item::Item;
use crate::finding::{Finder, FindingKind};
use crate::limits::Limits;
use crate::utf8::Utf8;

/// The bytes of U+FEFF BYTE ORDER MARK.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How many lines ended with each terminator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminators {
    /// LF.
    pub lf: u64,
    /// CR followed by LF.
    pub crlf: u64,
    /// CR alone.
    pub cr: u64,
}

impl Terminators {
    /// How many kinds there are.
    fn kinds(self) -> usize {
        [self.lf, self.crlf, self.cr].into_iter().filter(|count| *count > 0).count()
    }
}

/// How the line before ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// There is no line before.
    Nothing,
    /// With CR alone.
    CarriageReturn,
    /// In another way.
    Other,
}

/// A line without its terminator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Where it begins.
    pub(crate) offset: u64,
    /// Its bytes, as far as they are kept.
    pub(crate) bytes: &'a [u8],
    /// Its true length.
    pub(crate) length: u64,
    /// How the line before it ended.
    pub(crate) before: Before,
    /// How lines before it ended.
    pub(crate) terminators: Terminators,
}

/// The splitter of one body.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    limit: usize,
    utf8: Utf8,
    offset: u64,
    begins: u64,
    kept: Vec<u8>,
    length: u64,
    /// The offset of a CR that is the last byte so far; the byte after it decides.
    carriage_return: Option<u64>,
    before: Before,
    terminators: Terminators,
    is_first: bool,
}

/// What is done with each line.
type Each<'e> = dyn FnMut(Line<'_>, &mut Finder, &mut Vec<Item>) + 'e;

impl Lines {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            // A byte order mark and the name of a field are always read.
            limit: limit.max(64),
            utf8: Utf8::default(),
            offset: 0,
            begins: 0,
            kept: Vec::new(),
            length: 0,
            carriage_return: None,
            before: Before::Nothing,
            terminators: Terminators::default(),
            is_first: true,
        }
    }

    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        finder: &mut Finder,
        items: &mut Vec<Item>,
        each: &mut Each<'_>,
    ) {
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if let Some(place) = self.carriage_return.take() {
                let is_pair = *first == b'\n';
                self.decided(place, is_pair, finder, items);
                if is_pair {
                    self.pass(b"\n", finder, items);
                    self.begins = self.offset;
                    rest = after;
                    continue;
                }
            }
            let plain = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
            let (text, from_terminator) = rest.split_at(plain);
            self.pass(text, finder, items);
            self.keep(text);
            rest = from_terminator;
            if let Some((terminator, after)) = from_terminator.split_first() {
                let place = self.offset;
                self.pass(&[*terminator], finder, items);
                self.line(finder, items, each);
                if *terminator == b'\n' {
                    self.count(place, b"\n", finder, items);
                } else {
                    self.carriage_return = Some(place);
                }
                rest = after;
            }
        }
    }

    /// The end: returns an unfinished line.
    pub(crate) fn end(&mut self, finder: &mut Finder, items: &mut Vec<Item>) -> Option<Line<'_>> {
        if let Some(place) = self.carriage_return.take() {
            self.decided(place, false, finder, items);
        }
        self.utf8.end(&mut |offset, bad| tell(FindingKind::InvalidUtf8, offset, bad, finder, items));
        self.look_at_text(finder, items);
        let line = Line {
            offset: self.begins,
            bytes: &self.kept,
            length: self.length,
            before: self.before,
            terminators: self.terminators,
        };
        (self.length > 0).then_some(line)
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes of the current line were received.
    pub(crate) fn unfinished(&self) -> u64 {
        self.length
    }

    pub(crate) fn terminators(&self) -> Terminators {
        self.terminators
    }

    /// Counts and validates bytes.
    fn pass(&mut self, bytes: &[u8], finder: &mut Finder, items: &mut Vec<Item>) {
        self.utf8.feed(bytes, &mut |offset, bad| tell(FindingKind::InvalidUtf8, offset, bad, finder, items));
        self.offset += bytes.len() as u64;
    }

    fn keep(&mut self, text: &[u8]) {
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(text.get(..room).unwrap_or(text));
        self.length += text.len() as u64;
    }

    /// A line is complete.
    fn line(&mut self, finder: &mut Finder, items: &mut Vec<Item>, each: &mut Each<'_>) {
        self.look_at_text(finder, items);
        each(
            Line {
                offset: self.begins,
                bytes: &self.kept,
                length: self.length,
                before: self.before,
                terminators: self.terminators,
            },
            finder,
            items,
        );
        self.kept.clear();
        // The memory of one long line is not held for the rest of the stream.
        self.kept.shrink_to(Limits::default().head);
        self.length = 0;
        self.begins = self.offset;
        self.is_first = false;
    }

    /// Reports what is wrong with any line. At the start of the stream, a byte order mark is removed.
    fn look_at_text(&mut self, finder: &mut Finder, items: &mut Vec<Item>) {
        if self.kept.starts_with(BYTE_ORDER_MARK) {
            if self.is_first {
                tell(FindingKind::ByteOrderMark, self.begins, &self.kept, finder, items);
                self.kept.drain(..BYTE_ORDER_MARK.len());
                self.length -= BYTE_ORDER_MARK.len() as u64;
                self.begins += BYTE_ORDER_MARK.len() as u64;
            } else {
                tell(FindingKind::LaterByteOrderMark, self.begins, &self.kept, finder, items);
            }
        }
        if let Some(at) = self.kept.iter().position(|byte| *byte == 0) {
            let from = self.kept.get(at..).unwrap_or_default();
            tell(FindingKind::Nul, self.begins + at as u64, from, finder, items);
        }
        if self.length > self.kept.len() as u64 {
            tell(FindingKind::LongLine, self.begins, &self.kept, finder, items);
        }
    }

    /// Whether a CR is the first of a pair is known.
    fn decided(&mut self, place: u64, is_pair: bool, finder: &mut Finder, items: &mut Vec<Item>) {
        self.count(place, if is_pair { b"\r\n" } else { b"\r" }, finder, items);
    }

    fn count(&mut self, place: u64, terminator: &[u8], finder: &mut Finder, items: &mut Vec<Item>) {
        let kinds = self.terminators.kinds();
        let count = match terminator {
            b"\n" => &mut self.terminators.lf,
            b"\r" => &mut self.terminators.cr,
            _ => &mut self.terminators.crlf,
        };
        *count += 1;
        self.before = if terminator == b"\r" { Before::CarriageReturn } else { Before::Other };
        if kinds > 0 && self.terminators.kinds() > kinds {
            tell(FindingKind::MixedTerminators, place, terminator, finder, items);
        }
    }
}

fn tell(kind: FindingKind, offset: u64, bytes: &[u8], finder: &mut Finder, items: &mut Vec<Item>) {
    items.extend(finder.find(kind, offset, bytes).map(Item::Finding));
}
