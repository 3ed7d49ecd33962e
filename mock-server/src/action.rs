//! The actions that a script can make the server perform on the wire, without their TOML form.

use std::fmt;
use std::time::Duration;

pub mod http2;

use http2::{Control, ErrorCode};

/// Something the server does. The [TOML form](crate::script) says how each is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write the head of a response, and its body if the action has one.
    Respond(Respond),
    /// Write these bytes of the body in one write (one chunk if the body is chunked).
    Send(Vec<u8>),
    /// Write a pattern many times without ever holding all of it in memory.
    SendRepeat(Repeat),
    /// Do nothing for this long.
    Wait(Duration),
    /// End the body cleanly.
    End,
    /// End the body with these trailer fields, if its framing has them: chunks, and HTTP/2.
    Trailers(Vec<(String, String)>),
    /// End the connection without ending the body.
    Drop(Drop),
    /// Refuse new connections for this long; returns immediately, and open connections stay open.
    Refuse(Duration),
    /// Write these bytes instead of an HTTP response.
    Raw(Vec<u8>),
    /// Write a frame about the connection; nothing over HTTP/1.1.
    Control(Control),
}

impl Action {
    /// Whether an open response is over with it, for the client at least.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::End | Self::Trailers(_)) || self.is_loss()
    }

    /// Whether the stream, with or without a response, is lost with it.
    pub fn is_loss(&self) -> bool {
        match self {
            Self::Drop(_) => true,
            Self::Control(control) => control.is_loss(),
            _ => false,
        }
    }
}

/// The head of a response, and its body if it is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Respond {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase; the registered one if absent.
    pub reason: Option<String>,
    /// The header fields, in the order, number and case in which they are written. `None` means the fields of an event
    /// stream for status 200, and no fields for other statuses.
    pub headers: Option<Vec<(String, String)>>,
    /// How the body is delimited; [`Respond::body_kind`] decides if absent.
    pub framing: Option<Framing>,
    /// The complete body; `None` leaves the body, if there is one, open for the actions that follow.
    pub body: Option<Vec<u8>>,
}

impl Default for Respond {
    fn default() -> Self {
        Self { status: 200, reason: None, headers: None, framing: None, body: None }
    }
}

/// What follows the head of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// An interim response (1xx): another head follows.
    Interim,
    /// [`Respond`] contains the complete response.
    Complete,
    /// A body that the following actions write.
    Open(Framing),
}

impl Respond {
    /// What follows this head.
    pub fn body_kind(&self) -> BodyKind {
        match (&self.body, self.framing) {
            _ if (100..200).contains(&self.status) && self.status != 101 => BodyKind::Interim,
            (Some(_), _) => BodyKind::Complete,
            (None, Some(framing)) => BodyKind::Open(framing),
            (None, None) if self.status == 200 => BodyKind::Open(Framing::Chunked),
            (None, None) => BodyKind::Complete,
        }
    }
}

/// How the end of a body is signaled, see [RFC 9112, section 6](https://www.rfc-editor.org/rfc/rfc9112#section-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`; each write is one chunk.
    Chunked,
    /// No framing field: the end of the connection is the end of the body.
    Close,
    /// `Content-Length` with this number of bytes.
    Length(u64),
}

/// A pattern that is written many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The pattern; not empty.
    pub pattern: Vec<u8>,
    /// The number of repetitions.
    pub times: u64,
    /// The number of bytes per write (the last may have fewer). Each write waits until the peer has read the previous
    /// one. If absent, writes have [`Repeat::WRITE`] bytes and do not wait.
    pub write: Option<usize>,
}

impl Repeat {
    /// The default number of bytes per write.
    pub const WRITE: usize = 64 * 1024;

    /// The total number of bytes.
    pub fn total(&self) -> u64 {
        (self.pattern.len() as u64).saturating_mul(self.times)
    }

    /// Whether these bytes are the pattern as often as it is repeated. This compares long runs, not single patterns, since
    /// a pattern may be a single byte.
    pub fn equals(&self, bytes: &[u8]) -> bool {
        let period = self.pattern.len();
        bytes.len() as u64 == self.total()
            && (bytes.is_empty()
                || bytes.starts_with(&self.pattern) && bytes[period..] == bytes[..bytes.len() - period])
    }

    /// How many of its writes wait until the peer has read them; each waits at most
    /// [`BARRIER_PATIENCE`](crate::wire::BARRIER_PATIENCE).
    pub fn waits(&self) -> u64 {
        self.write.map_or(0, |write| self.total().div_ceil(write.max(1) as u64))
    }
}

/// How a connection, or a stream of HTTP/2, ends before the end of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// FIN: the connection ends cleanly, the body does not.
    Fin,
    /// RST; over HTTP/2 RST_STREAM with INTERNAL_ERROR.
    Reset,
    /// RST; over HTTP/2 RST_STREAM with this code.
    ResetWith(ErrorCode),
}

impl Drop {
    /// The words for those without a code.
    pub const WORDS: &'static [&'static str] = &["fin", "reset"];

    /// The one without a code that this word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Fin, Self::Reset].into_iter().find(|how| how.word() == word)
    }

    /// Its word, without the code.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fin => "fin",
            Self::Reset | Self::ResetWith(_) => "reset",
        }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fin | Self::Reset => f.write_str(self.word()),
            Self::ResetWith(code) => write!(f, "{} ({code})", self.word()),
        }
    }
}

#[cfg(test)]
mod tests;
