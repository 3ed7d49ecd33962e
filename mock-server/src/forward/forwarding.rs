//! One forwarded request, and the response while it arrives.

use std::io;
use std::ops::Range;
use std::time::Duration;

use super::body::BodyReader;
use super::event_counter::EventCounter;
use super::head::{BodyLength, content_coding, encode, framing};
use super::request::{self, ContentCodings};
use super::upstream::Upstream;
use crate::action::{BodyKind, Framing};
use crate::client::{Connection, ResponseHead};
use crate::wire::Request;

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);

/// The size of a read, in bytes. No more of a response is in memory.
const READ: usize = 16 * 1024;

/// A response that arrives from the upstream. Dropping it closes the connection.
#[derive(Debug)]
pub struct Forwarding {
    connection: Connection,
    url: String,
    head: ResponseHead,
    framing: Framing,
    body: BodyReader,
    counter: EventCounter,
    buffer: Vec<u8>,
    /// The part of the buffer that was not taken yet.
    rest: Range<usize>,
}

/// Why there is no response to pass on.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The target of the request is not a path.
    #[error("the request target {0:?} is neither a path nor a URL")]
    Target(String),
    /// It was forwarded by this server before.
    #[error("the upstream leads back to this server, which has forwarded this request before")]
    Loop,
    /// There is no connection.
    #[error("{0}")]
    Connect(io::Error),
    /// The connection ended before the head.
    #[error("the upstream ended the connection without a response ({0})")]
    NoResponse(UpstreamEnd),
    /// What came is not a response that can be passed on.
    #[error("the response cannot be passed on: {0}")]
    Response(String),
}

/// How a response from the upstream ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamEnd {
    /// As its framing requires.
    #[error("complete")]
    Complete,
    /// With FIN before its end.
    #[error("fin")]
    Fin,
    /// With RST.
    #[error("reset")]
    Reset,
    /// It broke the rules of its framing, or the system reported another error.
    #[error("{0}")]
    Broken(String),
}

/// How much of a body to pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Up to the end of this many events.
    Events(u64),
    /// This many bytes.
    Bytes(u64),
    /// Everything.
    None,
}

impl Limit {
    /// Whether nothing more is to be passed on.
    pub fn is_reached(self) -> bool {
        matches!(self, Self::Events(0) | Self::Bytes(0))
    }
}

impl Forwarding {
    /// Forwards a request, and waits for the first head. `own` is the host and port of this server. That may be an interim one; then [`next_head`](Self::next_head)
    /// waits for another.
    ///
    /// # Errors
    /// If no head comes.
    pub async fn open(
        upstream: &Upstream,
        request: &Request,
        codings: ContentCodings,
        own: &str,
    ) -> Result<Self, ForwardError> {
        if request::is_loop(request, own) {
            return Err(ForwardError::Loop);
        }
        let bytes = request::encode(upstream, request, codings, own);
        let (Some(bytes), Some(url)) = (bytes, request::url(upstream, request)) else {
            return Err(ForwardError::Target(request.target.clone()));
        };
        let opened = Connection::open_http1(upstream.target(), upstream.trust(), CONNECTING).await;
        let mut connection = opened.map_err(ForwardError::Connect)?;
        // An upstream may answer before it has read a body, and close. Then its answer is still there.
        let _ = connection.write(&bytes).await;
        let mut forwarding = Self {
            connection,
            url,
            head: ResponseHead { status: 0, reason: String::new(), headers: Vec::new() },
            framing: Framing::Close,
            body: BodyReader::new(Framing::Close),
            counter: EventCounter::default(),
            buffer: Vec::new(),
            rest: 0..0,
        };
        forwarding.next_head(request).await?;
        Ok(forwarding)
    }

    /// Waits for the head after an interim one.
    ///
    /// # Errors
    /// If no head comes.
    pub async fn next_head(&mut self, request: &Request) -> Result<(), ForwardError> {
        loop {
            let bytes = self.buffer.get(self.rest.clone()).unwrap_or_default();
            if let Some((head, length)) = ResponseHead::parse(bytes).map_err(ForwardError::Response)? {
                self.rest.start += length;
                if !head.is_interim() {
                    self.framing = framing(&head, &request.method).map_err(ForwardError::Response)?;
                    self.body = BodyReader::new(self.framing);
                }
                self.head = head;
                return Ok(());
            }
            // A head may be longer than a read.
            self.buffer.drain(..self.rest.start);
            let length = self.buffer.len();
            self.buffer.resize(length + READ, 0);
            let read = self.connection.read(self.buffer.get_mut(length..).unwrap_or_default()).await;
            let added = *read.as_ref().unwrap_or(&0);
            self.buffer.truncate(length + added);
            self.rest = 0..self.buffer.len();
            if let Some(end) = end(read, &self.body) {
                let end = if end == UpstreamEnd::Complete { UpstreamEnd::Fin } else { end };
                return Err(ForwardError::NoResponse(end));
            }
        }
    }

    /// The URL to which the request was forwarded.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The head that came last.
    pub fn head(&self) -> &ResponseHead {
        &self.head
    }

    /// The content coding of the body, if it has one.
    pub fn content_coding(&self) -> Option<String> {
        content_coding(&self.head)
    }

    /// The head as it is passed on, and what follows it.
    pub fn encoded_head(&self, request: &Request, length: BodyLength) -> (Vec<u8>, BodyKind) {
        encode(&self.head, request, self.framing, length)
    }

    /// How many events have ended in what was taken.
    pub fn events(&self) -> u64 {
        self.counter.events()
    }

    /// Whether what was taken ends at the boundary of an event block.
    pub fn at_block_boundary(&self) -> bool {
        self.counter.at_block_boundary()
    }

    /// Whether the body is complete.
    pub fn is_over(&self) -> bool {
        self.body.is_over()
    }

    /// Takes the next part of the body from what has arrived: at most a chunk, and not more than the limit. `None` if
    /// nothing is left.
    ///
    /// # Errors
    /// If the framing is malformed.
    pub fn take(&mut self, limit: &mut Limit) -> Result<Option<&[u8]>, UpstreamEnd> {
        let bytes = self.buffer.get(self.rest.clone()).unwrap_or_default();
        let framing = self.body.framing(bytes).map_err(|problem| UpstreamEnd::Broken(problem.into()))?;
        self.rest.start += framing;
        let start = self.rest.start;
        let bytes = self.buffer.get(self.rest.clone()).unwrap_or_default();
        let data = bytes.get(..self.body.data(bytes)).unwrap_or_default();
        let length = match limit {
            Limit::None => data.len(),
            Limit::Bytes(left) => data.len().min(usize::try_from(*left).unwrap_or(usize::MAX)),
            Limit::Events(left) => {
                let mut length = 0;
                while *left > 0 && length < data.len() {
                    let before = self.counter.events();
                    length += self.counter.follow_to_next_end(data.get(length..).unwrap_or_default());
                    *left -= self.counter.events() - before;
                }
                length
            }
        };
        let part = data.get(..length).unwrap_or_default();
        match limit {
            Limit::Events(_) => {}
            Limit::Bytes(left) => {
                *left -= length as u64;
                self.counter.follow_all(part);
            }
            Limit::None => self.counter.follow_all(part),
        }
        self.body.take(length);
        self.rest.start += length;
        Ok(self.buffer.get(start..start + length).filter(|part| !part.is_empty()))
    }

    /// Waits for more, when everything that arrived was taken. Returns how the response ended, if it did. If the future is
    /// dropped, nothing is lost.
    pub async fn more(&mut self) -> Option<UpstreamEnd> {
        if self.body.is_over() {
            return Some(UpstreamEnd::Complete);
        }
        self.rest = 0..0;
        self.buffer.resize(READ, 0);
        let read = self.connection.read(&mut self.buffer).await;
        self.rest = 0..*read.as_ref().unwrap_or(&0);
        end(read, &self.body)
    }
}

/// How a response ended, if this read ended it.
fn end(read: io::Result<usize>, body: &BodyReader) -> Option<UpstreamEnd> {
    match read {
        Ok(0) if body.may_end() => Some(UpstreamEnd::Complete),
        Ok(0) => Some(UpstreamEnd::Fin),
        Ok(_) => None,
        Err(error) => Some(match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => UpstreamEnd::Reset,
            // TLS that ends without its own end.
            io::ErrorKind::UnexpectedEof => UpstreamEnd::Fin,
            _ => UpstreamEnd::Broken(error.to_string()),
        }),
    }
}
