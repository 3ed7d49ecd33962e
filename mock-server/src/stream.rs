//! The lines of an event stream, and whether its end is at the boundary of an event block, which scripts must know. See <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.

use crate::action::Action;

#[cfg(test)]
mod tests;

/// How many bytes at the end of a stream are kept: a line ending and a blank line need four, a BOM followed by a blank
/// line five.
const KEPT: usize = 8;

/// The byte order mark, which is not part of the first line.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The last bytes of a stream, enough to know whether it ends at a block boundary.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    /// The last [`KEPT`] bytes, or the entire stream if it is shorter.
    bytes: Vec<u8>,
}

impl Tail {
    /// Appends the bytes that an action adds to the stream.
    pub fn push(&mut self, action: &Action) {
        match action {
            Action::Send(bytes) => self.take(bytes),
            // A pattern has at least one byte, so earlier repetitions no longer matter.
            Action::SendRepeat(repeat) => {
                (0..repeat.times.min(KEPT as u64)).for_each(|_| self.take(&repeat.pattern))
            }
            _ => {}
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        self.bytes.drain(..self.bytes.len().saturating_sub(KEPT));
    }

    /// Whether the stream is empty or its last line is blank, so that the next byte starts an event block. A BOM at the
    /// start is ignored.
    ///
    /// See <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
    pub fn at_block_boundary(&self) -> bool {
        let at_start = |bytes: &[u8]| bytes.is_empty() || bytes == BOM;
        let ends = ["\r\n", "\n", "\r"];
        match ends.iter().find_map(|end| self.bytes.strip_suffix(end.as_bytes())) {
            Some(before) => at_start(before) || before.ends_with(b"\n") || before.ends_with(b"\r"),
            None => at_start(&self.bytes),
        }
    }
}

/// Whether a line has a line ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It does.
    Yes,
    /// The bytes end before it.
    No,
}

/// The lines of an event stream, each ended by CRLF, LF or CR.
pub fn lines(bytes: &[u8]) -> Vec<(&[u8], Ended)> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        match rest.iter().position(|b| matches!(b, b'\r' | b'\n')) {
            Some(at) => {
                let end = if rest[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
                lines.push((&rest[..at], Ended::Yes));
                rest = &rest[end..];
            }
            None => {
                lines.push((rest, Ended::No));
                break;
            }
        }
    }
    lines
}
