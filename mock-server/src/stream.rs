//! What the bytes of an event stream hold, as far as a script must know: its lines, and whether it stands between two
//! blocks. See <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.

use crate::action::Action;

/// The most bytes of a repeated pattern that are looked at.
const PATTERN_LIMIT: usize = 64 * 1024;

/// The last bytes of a stream, enough to tell whether it stands at a block boundary.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    /// Takes the bytes that an action adds to the stream.
    pub fn push(&mut self, action: &Action) {
        match action {
            Action::Send(bytes) => self.bytes.extend_from_slice(bytes),
            Action::SendRepeat(repeat) => {
                let times = repeat.times.min(4) as usize;
                self.bytes
                    .extend((0..times).flat_map(|_| repeat.pattern.iter().copied().take(PATTERN_LIMIT)));
            }
            _ => {}
        }
    }

    /// Whether the stream is empty or its last line is blank, so that whatever follows begins a block.
    ///
    /// See <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
    pub fn at_block_boundary(&self) -> bool {
        let lines = lines(&self.bytes);
        match lines.as_slice() {
            [] => true,
            [.., (line, Ended::Yes)] => line.is_empty(),
            [.., (_, Ended::No)] => false,
        }
    }
}

/// Whether a line has its terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It has.
    Yes,
    /// The bytes end first.
    No,
}

/// The lines of an event stream: CRLF, LF and CR end one.
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
