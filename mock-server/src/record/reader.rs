//! Reads a response and keeps its cuts.

use std::time::Duration;

use super::recording::{RecordedEnd, RecordedResponse, RecordedWrite};
use crate::action::Framing;
use crate::client::ResponseHead;

#[cfg(test)]
mod tests;

/// The longest chunk size line or trailer section, in bytes.
const LINE: usize = 256 * 1024;

/// Reads a response from the bytes of a connection.
#[derive(Debug)]
pub struct ResponseReader {
    state: State,
    buffer: Vec<u8>,
    response: RecordedResponse,
    /// How many bytes of the body may still be recorded.
    room: usize,
    /// Whether the request was for a head only.
    head_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    ChunkSize,
    /// A chunk with this many bytes and a line ending.
    Chunk(usize),
    Trailers,
    Length(u64),
    UntilEnd,
    Over(Duration),
    /// There is no room for more.
    Full,
}

/// Bytes that are not a response over HTTP/1.1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The head is malformed.
    #[error("this is not an HTTP/1.1 response: {0}")]
    Head(String),
    /// The chunked coding is malformed.
    #[error("the body is not chunked as the head says: {0}")]
    Chunk(&'static str),
}

impl ResponseReader {
    /// Reads the response to a request with this method. At most `limit` bytes of the body are recorded.
    pub fn new(method: &str, last_event_id: Option<String>, limit: usize) -> Self {
        let response = RecordedResponse {
            last_event_id,
            head_at: Duration::ZERO,
            status: 0,
            reason: String::new(),
            headers: Vec::new(),
            framing: Framing::Close,
            writes: Vec::new(),
            end: RecordedEnd::Open,
        };
        Self { state: State::Head, buffer: Vec::new(), response, room: limit, head_only: method == "HEAD" }
    }

    /// Takes the bytes of a read, which returned this long after the request.
    ///
    /// # Errors
    /// If they are not a response.
    pub fn read(&mut self, bytes: &[u8], at: Duration) -> Result<(), ReadError> {
        self.buffer.extend_from_slice(bytes);
        while self.advance(at)? {}
        Ok(())
    }

    /// Whether the head has been read.
    pub fn has_head(&self) -> bool {
        self.state != State::Head
    }

    /// Whether nothing more is to be read: the response is complete, or as much as possible was recorded.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over(_) | State::Full)
    }

    /// The response so far, if recording stops here.
    pub fn stop(mut self) -> RecordedResponse {
        if let State::Over(at) = self.state {
            self.response.end = RecordedEnd::Clean(at);
        }
        self.response
    }

    /// The response, whose connection ended this long after the request: with FIN or with RST.
    pub fn ended(mut self, reset: bool, at: Duration) -> RecordedResponse {
        let after = at.saturating_sub(self.response.head_at);
        if let State::Chunk(size) = self.state {
            // The beginning of a chunk.
            let rest = self.buffer.len().min(size);
            let bytes = self.buffer.drain(..rest).collect();
            self.write(bytes, at);
        }
        self.response.end = match self.state {
            State::Over(at) => RecordedEnd::Clean(at),
            State::Full => RecordedEnd::Open,
            _ if reset => RecordedEnd::Reset(after),
            State::UntilEnd => RecordedEnd::Clean(after),
            _ => RecordedEnd::Fin(after),
        };
        self.response
    }

    /// Takes one part from the buffer. Returns whether there may be another.
    fn advance(&mut self, at: Duration) -> Result<bool, ReadError> {
        let after = at.saturating_sub(self.response.head_at);
        match self.state {
            State::Head => self.head(at),
            State::ChunkSize => {
                let Some(line) = self.line("the size of a chunk is too long")? else { return Ok(false) };
                let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                let size =
                    std::str::from_utf8(size).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
                match size.ok_or(ReadError::Chunk("expected the size of a chunk"))? {
                    0 => self.state = State::Trailers,
                    size => self.state = State::Chunk(size),
                }
                Ok(true)
            }
            State::Chunk(size) => {
                if size > self.room {
                    self.state = State::Full;
                    return Ok(false);
                }
                if self.buffer.len() < size.saturating_add(2) {
                    return Ok(false);
                }
                if self.buffer[size..size + 2] != *b"\r\n" {
                    return Err(ReadError::Chunk("expected a line ending after a chunk"));
                }
                let bytes = self.buffer.drain(..size).collect();
                self.buffer.drain(..2);
                self.write(bytes, at);
                self.state = State::ChunkSize;
                Ok(true)
            }
            State::Trailers => {
                let Some(line) = self.line("the trailers are too long")? else { return Ok(false) };
                if line.is_empty() {
                    self.state = State::Over(after);
                }
                Ok(!line.is_empty())
            }
            State::Length(left) => {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
                let bytes: Vec<u8> = self.buffer.drain(..length).collect();
                let left = left - bytes.len() as u64;
                self.state = if left == 0 { State::Over(after) } else { State::Length(left) };
                self.limited(bytes, at);
                Ok(false)
            }
            State::UntilEnd => {
                let bytes = std::mem::take(&mut self.buffer);
                self.limited(bytes, at);
                Ok(false)
            }
            State::Over(_) | State::Full => {
                self.buffer.clear();
                Ok(false)
            }
        }
    }

    fn limited(&mut self, mut bytes: Vec<u8>, at: Duration) {
        if bytes.len() > self.room {
            bytes.truncate(self.room);
            self.state = State::Full;
        }
        self.write(bytes, at);
    }

    fn write(&mut self, bytes: Vec<u8>, at: Duration) {
        self.room = self.room.saturating_sub(bytes.len());
        if !bytes.is_empty() {
            self.response.writes.push(RecordedWrite { at: at.saturating_sub(self.response.head_at), bytes });
        }
    }

    /// Takes a line from the buffer, without its ending.
    fn line(&mut self, too_long: &'static str) -> Result<Option<Vec<u8>>, ReadError> {
        match self.buffer.windows(2).position(|pair| pair == b"\r\n") {
            Some(end) => {
                let line = self.buffer.drain(..end + 2).take(end).collect();
                Ok(Some(line))
            }
            None if self.buffer.len() > LINE => Err(ReadError::Chunk(too_long)),
            None => Ok(None),
        }
    }

    fn head(&mut self, at: Duration) -> Result<bool, ReadError> {
        let Some((head, length)) = ResponseHead::parse(&self.buffer).map_err(ReadError::Head)? else {
            return Ok(false);
        };
        self.buffer.drain(..length);
        if head.is_interim() {
            return Ok(true);
        }
        let ResponseHead { status, reason, headers } = head;
        let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
        let headers: Vec<(String, String)> =
            headers.into_iter().map(|(name, value)| (name, text(value))).collect();
        let value = |name: &str| {
            headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let chunked = value("transfer-encoding").is_some_and(|coding| {
            coding.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
        });
        let length = value("content-length").and_then(|length| length.parse().ok());
        let empty = self.head_only || status == 204 || status == 304;
        (self.response.framing, self.state) = match (chunked, length) {
            _ if empty => (Framing::Length(0), State::Over(Duration::ZERO)),
            (true, _) => (Framing::Chunked, State::ChunkSize),
            (false, Some(0)) => (Framing::Length(0), State::Over(Duration::ZERO)),
            (false, Some(length)) => (Framing::Length(length), State::Length(length)),
            (false, None) => (Framing::Close, State::UntilEnd),
        };
        self.response.head_at = at;
        self.response.status = status;
        self.response.reason = reason;
        self.response.headers = headers;
        Ok(true)
    }
}
