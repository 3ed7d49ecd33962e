//! "UTF-8 decode" of the Encoding Standard, for bytes that arrive in several reads.
//!
//! <https://encoding.spec.whatwg.org/#utf-8-decode>

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::passed_on;

/// The bytes of U+FEFF BYTE ORDER MARK.
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Whether the start of the stream may still turn out to be a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// This many bytes arrived, and they are the first of a byte order mark.
    Peeking(usize),
    /// It was decided; U+FEFF is ordinary text from here on.
    Decided,
}

/// What the decoder's handler returns for one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handled {
    /// More bytes are needed.
    Continue,
    /// A code point.
    CodePoint(char),
    /// An error.
    Error,
    /// An error, and the byte is to be handled again.
    ErrorRestoringByte,
}

/// The decoder of one stream. It looks at each byte at most twice, and keeps at most three.
#[derive(Debug, Clone)]
pub(crate) struct Decoder {
    start: Start,
    code_point: u32,
    bytes_seen: u8,
    bytes_needed: u8,
    lower_boundary: u8,
    upper_boundary: u8,
    defects: Defects,
    /// Whether this is the stream of a reconnection.
    is_later: bool,
    /// The `charset` of the response.
    charset: Charset,
    /// Whether the stream is decoded as UTF-16.
    is_utf16: bool,
    /// How many byte order marks were skipped.
    marks: usize,
    /// Whether each read so far was shorter than a byte order mark.
    reads_are_short: bool,
    /// The bytes of the current sequence.
    sequence: Vec<u8>,
}

/// The charset that the response names, which only defects read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8, or none.
    #[default]
    Utf8,
    /// Another that libraries know.
    Known,
    /// One that does not exist.
    Unknown,
}

impl Decoder {
    /// A decoder for the start of a stream.
    pub(crate) fn new(defects: Defects) -> Self {
        Self {
            start: Start::Peeking(0),
            code_point: 0,
            bytes_seen: 0,
            bytes_needed: 0,
            lower_boundary: 0x80,
            upper_boundary: 0xBF,
            defects,
            is_later: false,
            charset: Charset::default(),
            is_utf16: false,
            marks: 0,
            reads_are_short: true,
            sequence: Vec::new(),
        }
    }

    /// Decodes the next bytes of the stream and appends to `text` what they complete.
    pub(crate) fn decode(&mut self, bytes: &[u8], text: &mut String) {
        if self.reads_latin_1(bytes) {
            return text.extend(bytes.iter().copied().map(char::from));
        }
        let rest = self.peek(bytes, text);
        if self.is_utf16 {
            // Each pair of bytes becomes a character that ends no line.
            return text.extend(rest.chunks(2).map(|_| char::REPLACEMENT_CHARACTER));
        }
        self.process(rest, text);
        if self.bytes_needed > 0 {
            if self.defects.has(Defect::ReadsDecodedAlone) {
                self.reset();
                text.push(char::REPLACEMENT_CHARACTER);
            } else if self.defects.has(Defect::CutCharacterDropped) {
                self.reset();
            }
        }
    }

    /// The stream is that of a reconnection; takes over what a defect keeps of the stream before it.
    pub(crate) fn follow(&mut self, before: &Self) {
        if before.bytes_needed > 0 && self.defects.has(Defect::CharacterCarriedOver) {
            *self = Self { start: Start::Decided, ..before.clone() };
        }
        self.is_later = true;
    }

    /// The `charset` that the response names, which does not matter.
    pub(crate) fn set_charset(&mut self, charset: Charset) {
        self.charset = charset;
    }

    /// Whether a byte order mark was skipped.
    pub(crate) fn has_skipped_mark(&self) -> bool {
        self.marks > 0
    }

    /// Decides whether bytes are decoded as Latin-1. The standard says: always UTF-8.
    fn reads_latin_1(&self, bytes: &[u8]) -> bool {
        let is_ascii = bytes.is_ascii();
        let honours = |defect| !is_ascii && self.defects.has(defect);
        (self.charset != Charset::Utf8 && honours(Defect::CharsetHonoured))
            || (self.charset == Charset::Known && honours(Defect::KnownCharsetHonoured))
            || (!is_ascii && self.defects.has(Defect::Latin1Always))
            || (!is_ascii && str::from_utf8(bytes).is_err() && self.defects.has(Defect::Latin1Guessed))
    }

    /// Steps 1 and 2 of <https://encoding.spec.whatwg.org/#utf-8-decode>: if the stream starts with a byte order mark,
    /// skip it. Gives what is left of `bytes`.
    fn peek<'a>(&mut self, bytes: &'a [u8], text: &mut String) -> &'a [u8] {
        let mut rest = self.after_other_marks(bytes);
        self.reads_are_short &= bytes.len() < BYTE_ORDER_MARK.len();
        while let Start::Peeking(matched) = self.start
            && let Some((byte, after)) = rest.split_first()
        {
            if BYTE_ORDER_MARK.get(matched) == Some(byte) {
                rest = after;
                let is_complete = matched + 1 == BYTE_ORDER_MARK.len();
                self.start = if is_complete { Start::Decided } else { Start::Peeking(matched + 1) };
                if is_complete {
                    self.skip_mark(text);
                }
            } else {
                // They were only peeked at, so they are still to be decoded.
                self.start = Start::Decided;
                if matched == 0 || !self.defects.has(Defect::PartOfMarkLost) {
                    self.process(BYTE_ORDER_MARK.get(..matched).unwrap_or_default(), text);
                }
            }
        }
        if let Start::Peeking(matched @ 1..) = self.start
            && self.defects.has(Defect::MarkInPiecesKept)
        {
            self.start = Start::Decided;
            self.process(BYTE_ORDER_MARK.get(..matched).unwrap_or_default(), text);
        }
        rest
    }

    /// Skips a complete byte order mark at the start of the stream.
    fn skip_mark(&mut self, text: &mut String) {
        self.marks += 1;
        let is_kept = (self.is_later && self.defects.has(Defect::MarkOfLaterConnectionsKept))
            || self.defects.has(Defect::MarkKept);
        if is_kept {
            text.push('\u{FEFF}');
        } else if (self.marks == 1 && self.defects.has(Defect::TwoMarksRemoved))
            || self.defects.has(Defect::MarksAllRemoved)
        {
            self.start = Start::Peeking(0);
        } else if self.defects.has(Defect::MarkCutByOneByte) {
            self.process(&BYTE_ORDER_MARK[1..], text);
        }
    }

    /// What is left of a read after a BOM that is not at the start of the stream: the whole read.
    fn after_other_marks<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if let (Start::Decided, Some(rest)) = (self.start, bytes.strip_prefix(&BYTE_ORDER_MARK))
            && (self.defects.has(Defect::MarkOfEveryReadRemoved)
                || (self.reads_are_short && self.defects.has(Defect::MarkAfterShortReadRemoved)))
        {
            return rest;
        }
        if let (Start::Peeking(0), Some(rest)) = (self.start, bytes.strip_prefix(b"\xFE\xFF"))
            && self.defects.has(Defect::Utf16MarkRemoved)
        {
            return rest;
        }
        if let (Start::Peeking(0), [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..]) = (self.start, bytes)
            && self.defects.has(Defect::Utf16Decoded)
        {
            self.is_utf16 = true;
        }
        bytes
    }

    /// Step 3: "process a queue with an instance of UTF-8's decoder and replacement".
    fn process(&mut self, bytes: &[u8], text: &mut String) {
        let mut rest = bytes;
        loop {
            if self.bytes_needed == 0 {
                rest = take_ascii(rest, text);
            }
            let Some((byte, after)) = rest.split_first() else { return };
            let broken = self.bytes_seen;
            if self.bytes_needed == 0 {
                self.sequence.clear();
            }
            self.sequence.push(*byte);
            match self.handle(*byte) {
                Handled::Continue => rest = after,
                Handled::CodePoint(code_point) => {
                    self.push(code_point, text);
                    rest = after;
                }
                Handled::Error => {
                    self.replace(text);
                    rest = after;
                }
                Handled::ErrorRestoringByte => {
                    self.sequence.pop();
                    self.replace(text);
                    // The byte that ended the sequence is handled again.
                    let is_lost = self.defects.has(Defect::ByteAfterBrokenSequenceLost)
                        || (*byte == b'\n' && self.defects.has(Defect::LineEndAfterBrokenSequenceLost));
                    if is_lost {
                        rest = after;
                    }
                    if broken > 0 && self.defects.has(Defect::ReplacementForEachByte) {
                        (0..broken).for_each(|_| text.push(char::REPLACEMENT_CHARACTER));
                    }
                }
            }
        }
    }

    /// The handler, <https://encoding.spec.whatwg.org/#utf-8-decoder>. Its first two steps, at the end of the queue,
    /// could only add to an unfinished line, which is discarded there.
    fn handle(&mut self, byte: u8) -> Handled {
        if self.bytes_needed == 0 {
            return self.lead(byte);
        }
        if !(self.lower_boundary..=self.upper_boundary).contains(&byte) {
            self.reset();
            return Handled::ErrorRestoringByte;
        }
        (self.lower_boundary, self.upper_boundary) = (0x80, 0xBF);
        self.code_point = (self.code_point << 6) | u32::from(byte & 0x3F);
        self.bytes_seen += 1;
        if self.bytes_seen != self.bytes_needed {
            return Handled::Continue;
        }
        let code_point = self.code_point;
        self.reset();
        // The boundaries leave neither surrogates nor what is beyond U+10FFFF.
        char::from_u32(code_point).map_or(Handled::Error, Handled::CodePoint)
    }

    /// Step 3 of the handler: the first byte of a code point.
    fn lead(&mut self, byte: u8) -> Handled {
        let (needed, bits) = match byte {
            0x00..=0x7F => return Handled::CodePoint(char::from(byte)),
            0xC0..=0xC1 if !self.defects.has(Defect::OverlongDecoded) => return Handled::Error,
            0xC0..=0xDF => (1, byte & 0x1F),
            0xE0..=0xEF => {
                match byte {
                    0xE0 if !self.defects.has(Defect::OverlongDecoded) => self.lower_boundary = 0xA0,
                    0xED if !self.defects.has(Defect::SurrogateReplacedOnce) => self.upper_boundary = 0x9F,
                    _ => {}
                }
                (2, byte & 0xF)
            }
            0xF0..=0xF4 => {
                match byte {
                    0xF0 => self.lower_boundary = 0x90,
                    0xF4 => self.upper_boundary = 0x8F,
                    _ => {}
                }
                (3, byte & 0x7)
            }
            _ => return Handled::Error,
        };
        self.bytes_needed = needed;
        self.code_point = u32::from(bits);
        Handled::Continue
    }

    fn reset(&mut self) {
        (self.code_point, self.bytes_seen, self.bytes_needed) = (0, 0, 0);
        (self.lower_boundary, self.upper_boundary) = (0x80, 0xBF);
    }

    fn push(&self, code_point: char, text: &mut String) {
        if code_point > '\u{FFFF}' && self.defects.has(Defect::AstralReplaced) {
            return text.push(char::REPLACEMENT_CHARACTER);
        }
        if code_point != '\u{FEFF}' || !self.defects.has(Defect::MarkRemovedEverywhere) {
            text.push(code_point);
        }
    }

    /// The error mode "replacement", <https://encoding.spec.whatwg.org/#error-mode>.
    fn replace(&self, text: &mut String) {
        if self.defects.has(Defect::InvalidBytesPassedOn) {
            return text.extend(self.sequence.iter().copied().map(passed_on::character));
        }
        let joined =
            text.ends_with(char::REPLACEMENT_CHARACTER) && self.defects.has(Defect::ReplacementsJoined);
        if !joined && !self.defects.has(Defect::InvalidBytesDropped) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Appends the ASCII at the start of `bytes`, which the handler would return byte for byte, and gives what follows it.
fn take_ascii<'a>(bytes: &'a [u8], text: &mut String) -> &'a [u8] {
    let end = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
    let (ascii, rest) = bytes.split_at(end);
    if let Ok(ascii) = str::from_utf8(ascii) {
        text.push_str(ascii);
    }
    rest
}

#[cfg(test)]
mod tests;
