//! Requests, read from bytes as they come. No I/O happens here, and no bytes make it panic.

mod body;
#[cfg(test)]
mod tests;

use std::fmt;

use self::body::{BodyReader, Framed};

/// How many fields a head may have.
const FIELD_LIMIT: usize = 1024;

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        })
    }
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The target as sent, such as `/7/?a=b`.
    pub target: String,
    /// The version.
    pub version: Version,
    /// The fields in order, the names in the case they were sent in.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body without its framing.
    pub body: Vec<u8>,
}

impl Request {
    /// The values of all fields of this name, whatever its case.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Whether the peer wants the connection closed after the answer, see
    /// [RFC 9112, section 9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3). That an HTTP/1.0 peer may ask
    /// for more is not honoured.
    pub(super) fn wants_close(&self) -> bool {
        self.version == Version::Http10 || self.header("connection").any(|value| has_token(value, "close"))
    }
}

/// Whether a comma-separated list holds `token`, whatever its case.
pub(super) fn has_token(list: &[u8], token: &str) -> bool {
    list.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Why bytes are not a request that we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("not the head of an HTTP/1.1 request: {0}")]
    Head(httparse::Error),
    #[error("the head is longer than {0} bytes")]
    LongHead(usize),
    #[error("the head has more than {FIELD_LIMIT} fields")]
    ManyFields,
    #[error("content-length is not one number: \"{0}\"")]
    ContentLength(String),
    #[error("both transfer-encoding and content-length are given")]
    TwoFramings,
    #[error("transfer-encoding is not \"chunked\" but \"{0}\"")]
    TransferEncoding(String),
    #[error("the body is longer than {0} bytes")]
    LongBody(u64),
    #[error("the body has a chunk without a valid size")]
    ChunkSize,
    #[error("the body has a chunk that does not end where its size says")]
    ChunkEnd,
    #[error("the trailers are longer than {0} bytes")]
    LongTrailers(usize),
    #[error("more than {0} bytes came before the answer to the request before them")]
    Pipelined(usize),
    #[error("the listener has more than {0} connections at once")]
    Crowded(usize),
}

/// How large a request may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestLimits {
    /// Bytes of the head; also of the trailers.
    pub(super) head: usize,
    /// Bytes of the body.
    pub(super) body: u64,
}

/// What the bytes so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More bytes are needed.
    More,
    /// The peer waits for `100 Continue` before it sends the body. Told once.
    AwaitsContinue,
    /// Here is a request; the bytes after it are left in the buffer.
    Complete(Request),
}

/// Reads one request.
#[derive(Debug)]
pub(super) struct RequestReader {
    limits: RequestLimits,
    /// The head, and what is still to come of the body.
    begun: Option<(Request, BodyReader)>,
}

impl RequestReader {
    /// A reader that has seen nothing.
    pub(super) fn new(limits: RequestLimits) -> Self {
        Self { limits, begun: None }
    }

    /// Takes from `buffer` what belongs to the request. To be called again whenever bytes were added.
    ///
    /// # Errors
    ///
    /// The bytes are no request, or too long a one. The reader is of no more use then.
    pub(super) fn advance(&mut self, buffer: &mut Vec<u8>) -> Result<Progress, Malformed> {
        let mut awaits_continue = false;
        if self.begun.is_none() {
            let Some((request, length)) = read_head(buffer, self.limits.head)? else {
                return Ok(Progress::More);
            };
            buffer.drain(..length);
            let body = BodyReader::new(&request, self.limits)?;
            awaits_continue = !body.is_complete()
                && buffer.is_empty()
                && request.version == Version::Http11
                && request.header("expect").any(|value| has_token(value, "100-continue"));
            self.begun = Some((request, body));
        }
        let Some((request, body)) = &mut self.begun else { return Ok(Progress::More) };
        match body.advance(buffer, &mut request.body)? {
            Framed::Complete => {}
            Framed::More if awaits_continue => return Ok(Progress::AwaitsContinue),
            Framed::More => return Ok(Progress::More),
        }
        Ok(self.begun.take().map_or(Progress::More, |(request, _)| Progress::Complete(request)))
    }
}

/// Reads a head; `None` where it is not all there. Returns its length too.
fn read_head(buffer: &[u8], limit: usize) -> Result<Option<(Request, usize)>, Malformed> {
    let mut fields = vec![httparse::EMPTY_HEADER; 64];
    loop {
        let mut head = httparse::Request::new(&mut fields);
        match head.parse(buffer) {
            Ok(httparse::Status::Complete(length)) if length <= limit => {
                return Ok(Some((Request::from_head(&head), length)));
            }
            Ok(httparse::Status::Partial) if buffer.len() < limit => return Ok(None),
            Ok(_) => return Err(Malformed::LongHead(limit)),
            Err(httparse::Error::TooManyHeaders) if fields.len() < FIELD_LIMIT => {
                let more = fields.len() * 4;
                fields = vec![httparse::EMPTY_HEADER; more.min(FIELD_LIMIT)];
            }
            Err(httparse::Error::TooManyHeaders) => return Err(Malformed::ManyFields),
            Err(error) => return Err(Malformed::Head(error)),
        }
    }
}

impl Request {
    fn from_head(head: &httparse::Request<'_, '_>) -> Self {
        Self {
            method: head.method.unwrap_or_default().to_owned(),
            target: head.path.unwrap_or_default().to_owned(),
            version: if head.version == Some(0) { Version::Http10 } else { Version::Http11 },
            headers: head.headers.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect(),
            body: Vec::new(),
        }
    }
}
