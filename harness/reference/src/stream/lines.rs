//! Lines of a decoded stream, which end with LF, CR or CRLF.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>

use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// Splits a stream that arrives in several reads into lines. It looks at each character once, and keeps one line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// The unfinished line.
    line: String,
    before: Before,
    /// The start of the last line that was split across reads. Only a defect keeps it.
    start: String,
    /// The terminator of the last line, a CR for CRLF. Only defects read it.
    ended_with: Option<u8>,
    defects: Defects,
}

/// What is directly before the next character.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    /// A CR, which ended a line; an LF belongs to it.
    CarriageReturn,
    /// Anything else, or nothing.
    #[default]
    Other,
}

impl Lines {
    /// A splitter for the start of a stream.
    pub(crate) fn new(defects: Defects) -> Self {
        Self { defects, ..Self::default() }
    }

    /// Takes the next text of the stream and calls `each` with every line that it ends, without its terminator.
    ///
    /// A line ends with a CRLF pair, an LF not preceded by a CR, or a CR not followed by an LF. A CR ends its line
    /// immediately, since the next character may arrive much later; an LF that follows it then ends no line.
    pub(crate) fn split(&mut self, text: &str, mut each: impl FnMut(&str)) {
        let mut rest = text;
        if self.line.is_empty() && self.defects.has(Defect::PiecesOfLineRepeated) {
            self.line.clone_from(&self.start);
        }
        while let Some(at) = rest.bytes().position(|byte| self.is_terminator(byte)) {
            let (piece, from_terminator) = rest.split_at(at);
            let (terminator, after) = from_terminator.split_at(1);
            rest = after;
            let second_of_pair =
                self.before == Before::CarriageReturn && terminator == "\n" && self.is_pair(piece);
            self.before = if terminator == "\r" { Before::CarriageReturn } else { Before::Other };
            self.line.push_str(piece);
            if self.line.ends_with('\r') && self.defects.has(Defect::LoneCrIsText) {
                self.line.pop();
            }
            if second_of_pair {
                continue;
            }
            if !self.is_missed(terminator) {
                each(&self.line);
            }
            self.line.clear();
        }
        if !rest.is_empty() {
            let is_next_piece = !self.line.is_empty() && rest.len() == text.len();
            if is_next_piece && self.defects.has(Defect::LastPieceOfLineKept) {
                self.line.clear();
            }
            self.line.push_str(rest);
            if self.defects.has(Defect::PiecesOfLineRepeated) {
                self.start.clone_from(&self.line);
            }
            if self.before != Before::CarriageReturn || !self.defects.has(Defect::AnyLfAfterCrSkipped) {
                self.before = Before::Other;
            }
        }
        if self.before == Before::CarriageReturn && self.defects.has(Defect::CutCrlfIsTwoEnds) {
            self.before = Before::Other;
        }
    }

    fn is_terminator(&self, byte: u8) -> bool {
        let is_text = |defect| self.defects.has(defect);
        byte == b'\n' || (byte == b'\r' && !is_text(Defect::LfOnly) && !is_text(Defect::LoneCrIsText))
    }

    /// Whether an LF after this text, which follows a CR, belongs to the CR.
    fn is_pair(&self, between: &str) -> bool {
        if between.is_empty() {
            !self.defects.has(Defect::CrlfIsTwoEnds)
        } else {
            self.defects.has(Defect::AnyLfAfterCrSkipped)
        }
    }

    /// Whether the line that ended is skipped.
    fn is_missed(&mut self, terminator: &str) -> bool {
        let terminator = terminator.bytes().next();
        let last = std::mem::replace(&mut self.ended_with, terminator);
        let mixed = self.line.is_empty() && last.is_some_and(|last| terminator != Some(last));
        mixed
            && (self.defects.has(Defect::EmptyLineOfMixedEndsMissed)
                || (last == Some(b'\n') && self.defects.has(Defect::BlankLineAfterLfMissed)))
    }

    /// The unfinished line.
    pub(crate) fn unfinished(&self) -> &str {
        &self.line
    }

    /// Takes the unfinished line.
    pub(crate) fn take_unfinished(&mut self) -> String {
        std::mem::take(&mut self.line)
    }

    /// The stream before was reset; takes over what a defect keeps of it.
    pub(crate) fn continue_after_reset(&mut self, before: &Self) {
        if !before.line.is_empty() && self.defects.has(Defect::StreamContinuesAfterReset) {
            self.line.clone_from(&before.line);
        }
    }

    /// The stream is that of a reconnection; takes over what a defect keeps of the stream before it.
    pub(crate) fn follow(&mut self, before: &Self) {
        if !before.line.is_empty() && self.defects.has(Defect::LineCarriedOver) {
            self.line.clone_from(&before.line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn lines(pieces: &[&str]) -> Vec<String> {
        let (mut splitter, mut lines) = (Lines::default(), Vec::new());
        for piece in pieces {
            splitter.split(piece, |line| lines.push(line.to_owned()));
        }
        lines
    }

    #[test]
    fn terminators() {
        assert_eq!(lines(&["a\nb\n\n"]), ["a", "b", ""]);
        assert_eq!(lines(&["a\rb\r\r"]), ["a", "b", ""]);
        assert_eq!(lines(&["a\r\nb\r\n\r\n"]), ["a", "b", ""]);
        assert_eq!(lines(&["a\n\rb\r\r\n\n"]), ["a", "", "b", "", ""]);
    }

    #[test]
    fn an_unfinished_line_is_not_given() {
        assert_eq!(lines(&["a\nb"]), ["a"]);
        assert_eq!(lines(&["a", "b", "", "c\nd"]), ["abc"]);
    }

    #[test]
    fn a_carriage_return_ends_its_line_immediately() {
        assert_eq!(lines(&["a\r"]), ["a"]);
        assert_eq!(lines(&["a\r", "\nb\r\n"]), ["a", "b"]);
        assert_eq!(lines(&["a\r", "", "\n", "\n"]), ["a", ""]);
        assert_eq!(lines(&["a\r", "b\n"]), ["a", "b"]);
        assert_eq!(lines(&["a\r", "\r", "\n"]), ["a", ""]);
    }

    #[test]
    fn a_line_feed_after_text_is_not_the_second_of_a_pair() {
        assert_eq!(lines(&["a\rb", "\n"]), ["a", "b"]);
        assert_eq!(lines(&["\ra\n\n"]), ["", "a", ""]);
    }
}
