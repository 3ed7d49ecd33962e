//! "UTF-8 decode" of the Encoding Standard, for bytes that come in pieces.
//!
//! <https://encoding.spec.whatwg.org/#utf-8-decode>

/// The bytes of U+FEFF BYTE ORDER MARK.
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Whether the start of the stream may still turn out to be a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// So many bytes have come, and they are the first of a byte order mark.
    Peeking(usize),
    /// It is known; a byte order mark is ordinary text from here on.
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
pub(super) struct Decoder {
    start: Start,
    code_point: u32,
    bytes_seen: u8,
    bytes_needed: u8,
    lower_boundary: u8,
    upper_boundary: u8,
}

impl Decoder {
    /// A decoder for the start of a stream.
    pub(super) fn new() -> Self {
        Self {
            start: Start::Peeking(0),
            code_point: 0,
            bytes_seen: 0,
            bytes_needed: 0,
            lower_boundary: 0x80,
            upper_boundary: 0xBF,
        }
    }

    /// Decodes the next bytes of the stream and appends to `text` what they complete.
    pub(super) fn decode(&mut self, bytes: &[u8], text: &mut String) {
        let rest = self.peek(bytes, text);
        self.process(rest, text);
    }

    /// Steps 1 and 2 of <https://encoding.spec.whatwg.org/#utf-8-decode>: if the stream starts with a byte order mark,
    /// skip it. Gives what is left of `bytes`.
    fn peek<'a>(&mut self, bytes: &'a [u8], text: &mut String) -> &'a [u8] {
        let mut rest = bytes;
        while let Start::Peeking(matched) = self.start
            && let Some((byte, after)) = rest.split_first()
        {
            if BYTE_ORDER_MARK.get(matched) == Some(byte) {
                rest = after;
                let whole = matched + 1 == BYTE_ORDER_MARK.len();
                self.start = if whole { Start::Decided } else { Start::Peeking(matched + 1) };
            } else {
                // They were only peeked at, so they are still to be decoded.
                self.start = Start::Decided;
                self.process(BYTE_ORDER_MARK.get(..matched).unwrap_or_default(), text);
            }
        }
        rest
    }

    /// Step 3: "process a queue with an instance of UTF-8's decoder and replacement".
    fn process(&mut self, bytes: &[u8], text: &mut String) {
        let mut rest = bytes;
        loop {
            if self.bytes_needed == 0 {
                rest = take_ascii(rest, text);
            }
            let Some((byte, after)) = rest.split_first() else { return };
            match self.handle(*byte) {
                Handled::Continue => rest = after,
                Handled::CodePoint(code_point) => {
                    text.push(code_point);
                    rest = after;
                }
                Handled::Error => {
                    replace(text);
                    rest = after;
                }
                Handled::ErrorRestoringByte => replace(text),
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
            0xC2..=0xDF => (1, byte & 0x1F),
            0xE0..=0xEF => {
                match byte {
                    0xE0 => self.lower_boundary = 0xA0,
                    0xED => self.upper_boundary = 0x9F,
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
        *self = Self { start: self.start, ..Self::new() };
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

/// The error mode "replacement", <https://encoding.spec.whatwg.org/#error-mode>.
fn replace(text: &mut String) {
    text.push(char::REPLACEMENT_CHARACTER);
}

#[cfg(test)]
mod tests;
