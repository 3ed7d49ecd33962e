//! An invalid line.

/// A line that is not a protocol message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: {line}")]
pub struct NotProtocol {
    /// What is wrong with it.
    pub problem: String,
    /// The line, printable and truncated.
    pub line: String,
}

/// What an invalid line was probably meant as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// A hello.
    Hello,
    /// A message of a session.
    Message,
    /// Text for people.
    Text,
}

impl NotProtocol {
    /// What the line was probably meant as.
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

#[cfg(feature = "command")]
/// How much of a line an error repeats, in bytes.
const EXCERPT: usize = 200;

#[cfg(feature = "command")]
/// The start of a line, printable.
pub(crate) fn excerpt(line: &[u8]) -> String {
    let kept = line.get(..EXCERPT).unwrap_or(line);
    let printable = ssespec_reports::transcript::escape(kept).text;
    match line.len() - kept.len() {
        0 => printable,
        more => format!("{printable}… and {more} bytes more"),
    }
}
