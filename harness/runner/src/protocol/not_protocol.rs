//! An invalid line.

/// A line that is not a protocol message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: {line}")]
pub struct NotProtocol {
    /// What is wrong with it.
    pub problem: LineProblem,
    /// The line, printable and truncated.
    pub line: String,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// It does not begin with a brace.
    #[error("not a JSON object")]
    NotAnObject,
    /// It is not UTF-8.
    #[error("not UTF-8 after {valid} bytes")]
    NotUtf8 {
        /// How many bytes are.
        valid: usize,
    },
    /// It is not JSON, for this reason.
    #[error("not JSON ({0})")]
    NotJson(String),
    /// It is JSON, but no message of the protocol, for this reason.
    #[error("not a protocol message ({0})")]
    NotAMessage(String),
    /// No readyState has this number.
    #[error("no readyState {0}")]
    NoReadyState(u64),
    /// A value with neither a text nor an exception, or with both.
    #[error("a value is either a text or an exception")]
    Value,
    /// It names no session.
    #[error("the session's number is missing")]
    NoSession,
    /// It says nothing.
    #[error("a line without a message")]
    NoMessage,
    /// It says several things.
    #[error("more than one message in a line")]
    SeveralMessages,
    /// The adapter has introduced itself before.
    #[error("a second hello")]
    SecondHello,
    /// A page sent bytes instead of text.
    #[error("a binary frame")]
    BinaryFrame,
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

/// How much of a line an error repeats, in bytes.
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
