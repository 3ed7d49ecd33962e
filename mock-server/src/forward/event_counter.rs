//! Where events end in a stream that arrives in parts. See
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.

/// The byte order mark, which is not part of the first line.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The name of the field that makes a block an event.
const DATA: &[u8] = b"data";

/// Follows a stream, and counts the events that a client dispatches. It takes the same memory whatever the stream has.
#[derive(Debug, Clone, Default)]
pub(super) struct EventCounter {
    /// How many bytes of a byte order mark the stream began with, until it is decided.
    bom: Bom,
    line: Line,
    /// Whether the last byte was CR, so that LF belongs to the same line ending.
    after_cr: bool,
    /// Whether the block has a line.
    in_block: bool,
    /// Whether the block has a data field.
    has_data: bool,
    events: u64,
}

/// The beginning of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bom {
    /// It had this many bytes of a byte order mark.
    Begun(usize),
    Over,
}

impl Default for Bom {
    fn default() -> Self {
        Self::Begun(0)
    }
}

/// What is known of the current line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Empty,
    /// It has so far this many bytes of the name `data`.
    Name(usize),
    /// It is a data field.
    Data,
    Other,
}

impl EventCounter {
    /// How many events have ended.
    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// Whether the next byte begins an event block.
    pub(super) fn at_block_boundary(&self) -> bool {
        self.line == Line::Empty && !self.in_block && self.bom != Bom::Begun(1) && self.bom != Bom::Begun(2)
    }

    /// Follows bytes up to the end of the next event, which includes its blank line. Returns how many bytes that are: all,
    /// if none ends here.
    pub(super) fn follow_to_next_end(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            if self.follow(*byte) {
                let length = at + 1;
                // The rest of the line ending, if it is already here.
                if *byte == b'\r' && bytes.get(length) == Some(&b'\n') {
                    self.follow(b'\n');
                    return length + 1;
                }
                return length;
            }
        }
        bytes.len()
    }

    /// Follows all of these bytes.
    pub(super) fn follow_all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.follow(*byte);
        }
    }

    /// Follows a byte. Returns whether it ends an event.
    fn follow(&mut self, byte: u8) -> bool {
        if let Bom::Begun(length) = self.bom {
            if BOM.get(length) == Some(&byte) {
                self.bom = if length + 1 == BOM.len() { Bom::Over } else { Bom::Begun(length + 1) };
                return false;
            }
            self.bom = Bom::Over;
            if length > 0 {
                self.line = Line::Other;
            }
        }
        let ends_crlf = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
        if ends_crlf {
            return false;
        }
        if !matches!(byte, b'\r' | b'\n') {
            self.line = self.line.with(byte);
            return false;
        }
        match std::mem::take(&mut self.line) {
            Line::Empty => {
                self.in_block = false;
                let ends = std::mem::take(&mut self.has_data);
                self.events += u64::from(ends);
                return ends;
            }
            Line::Data => self.has_data = true,
            Line::Name(length) if length == DATA.len() => self.has_data = true,
            Line::Name(_) | Line::Other => {}
        }
        self.in_block = true;
        false
    }
}

impl Line {
    fn with(self, byte: u8) -> Self {
        let length = match self {
            Self::Empty => 0,
            Self::Name(length) => length,
            Self::Data | Self::Other => return self,
        };
        match DATA.get(length) {
            Some(next) if *next == byte => Self::Name(length + 1),
            None if byte == b':' => Self::Data,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that end with the end of an event, and the rest.
    fn parts(stream: &[u8]) -> Vec<&[u8]> {
        let mut counter = EventCounter::default();
        let mut parts = Vec::new();
        let mut rest = stream;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(counter.follow_to_next_end(rest));
            parts.push(part);
            rest = after;
        }
        parts
    }

    fn count(stream: &[u8]) -> u64 {
        let mut counter = EventCounter::default();
        counter.follow_all(stream);
        counter.events()
    }

    #[test]
    fn an_event_ends_with_its_blank_line() {
        assert_eq!(parts(b"data: a\n\ndata: b\n\nda"), [&b"data: a\n\n"[..], b"data: b\n\n", b"da"]);
        assert_eq!(parts(b"data: a\r\n\r\ndata: b\r\r"), [&b"data: a\r\n\r\n"[..], b"data: b\r\r"]);
        assert_eq!(parts(b"\xef\xbb\xbfdata\n\n:x"), [&b"\xef\xbb\xbfdata\n\n"[..], b":x"]);
    }

    #[test]
    fn only_blocks_with_data_are_events() {
        for (stream, events) in [
            (&b": comment\n\nretry: 1\n\nid: 1\n\nevent: a\n\n\n\n"[..], 0),
            (b"data:\n\ndata\n\ndata: \n\n", 3),
            (b"dat: a\n\ndatas: b\n\n data: c\n\nDATA: d\n\n", 0),
            (b"data: a\ndata: b\nid: 1\n\n", 1),
            (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", 1),
            (b"\xef\xbbdata: a\n\n", 0),
            (b"data: a\n", 0),
            (b"data: a\r\n\rdata: b\r\n\n", 2),
        ] {
            assert_eq!(count(stream), events, "{:?}", String::from_utf8_lossy(stream));
        }
    }

    #[test]
    fn cuts_do_not_matter() {
        let stream =
            b"\xef\xbb\xbf: c\r\n\r\nid: 1\r\ndata: a\r\n\r\ndata: b\r\rdata: c\n\nevent: x\n\ndata: d\n\n";
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let mut counter = EventCounter::default();
                for part in [&stream[..first], &stream[first..second], &stream[second..]] {
                    let mut rest = part;
                    while !rest.is_empty() {
                        rest = &rest[counter.follow_to_next_end(rest)..];
                    }
                }
                assert_eq!(counter.events(), 4, "{first} {second}");
                assert!(counter.at_block_boundary());
            }
        }
    }
}
