//! A line that is not of the protocol.

/// A line that is not of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: {line}")]
pub struct NotProtocol {
    /// What is wrong with it.
    pub problem: String,
    /// The line, made printable and cut.
    pub line: String,
}

/// What a line that is not of the protocol was meant as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// An introduction.
    Hello,
    /// A message of a session.
    Message,
    /// A text for people.
    Text,
}

impl NotProtocol {
    /// What the line was meant as.
    pub(crate) fn meant(&self) -> Meant {
        let line = self.line.trim_start();
        if !line.starts_with('{') {
            Meant::Text
        } else if line.contains("\"hello\"") {
            Meant::Hello
        } else {
            Meant::Message
        }
    }
}

/// The most bytes of a line that a message of ours repeats.
const EXCERPT: usize = 200;

/// The start of a line, printable.
pub(crate) fn excerpt(line: &[u8]) -> String {
    let kept = line.get(..EXCERPT).unwrap_or(line);
    let printable = ssespec_reports::transcript::escape(kept).text;
    match line.len() - kept.len() {
        0 => printable,
        more => format!("{printable}… and {more} bytes more"),
    }
}
