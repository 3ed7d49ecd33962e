//! A request, and the errors of malformed ones.

use std::fmt;

/// How many fields a head may have.
pub(in crate::wire) const FIELD_LIMIT: usize = 1024;

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        })
    }
}

/// A request as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The target as sent, such as `/7/?a=b`.
    pub target: String,
    /// The version.
    pub version: Version,
    /// The fields in order, the names in the case they were sent in. A value is everything after the colon and one
    /// space, with any further whitespace at its ends.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body without its framing.
    pub body: Vec<u8>,
}

impl Request {
    /// The values of all fields with this name, case-insensitively, without the whitespace at their ends, which is not
    /// part of them ([RFC 9110, section 5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5)).
    pub fn header(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.header_as_sent(name).map(without_whitespace)
    }

    /// The values of all fields with this name, case-insensitively, with the whitespace at their ends.
    pub fn header_as_sent(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = self.headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice())
    }

    /// Whether the peer wants the connection closed after the answer, see
    /// [RFC 9112, section 9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3). `keep-alive`
    /// from an HTTP/1.0 peer is ignored.
    pub(in crate::wire) fn wants_close(&self) -> bool {
        self.version == Version::Http10 || self.header("connection").any(|value| has_token(value, "close"))
    }
}

/// A field value without the optional whitespace around it.
fn without_whitespace(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Whether a comma-separated list contains `token`, case-insensitively.
pub(in crate::wire) fn has_token(list: &[u8], token: &str) -> bool {
    list.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Why a request is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::wire) enum Malformed {
    #[error(
        "not the start of an HTTP/1.1 request: it must be a method, a target and HTTP/1.1, such as \"GET / HTTP/1.1\""
    )]
    RequestLine,
    #[error("not a header field: \"{0}\"")]
    FieldLine(String),
    #[error("the head is longer than {0} bytes")]
    LongHead(usize),
    #[error("the head has more than {FIELD_LIMIT} fields")]
    ManyFields,
    #[error("content-length is not one number: \"{0}\"")]
    ContentLength(String),
    #[error("both transfer-encoding and content-length are present")]
    TwoFramings,
    #[error("transfer-encoding is not \"chunked\" but \"{0}\"")]
    TransferEncoding(String),
    #[error("the body of the request is longer than {0} bytes, which is the limit of this server")]
    LongBody(u64),
    #[error("the body has a chunk without a valid size")]
    ChunkSize,
    #[error("the body has a chunk that does not end where its size says")]
    ChunkEnd,
    #[error("the trailers are longer than {0} bytes")]
    LongTrailers(usize),
    #[error("more than {0} bytes arrived before the previous request was answered")]
    Pipelined(usize),
    #[error("this server has {0} open connections, which is its limit")]
    Crowded(usize),
    #[error("the requests that this server is reading or answering have {0} bytes, which is its limit")]
    Memory(usize),
}

impl Malformed {
    /// Whether the request may be correct, and a limit of the server was reached.
    pub(in crate::wire) fn is_limit(&self) -> bool {
        matches!(self, Self::LongBody(_) | Self::Crowded(_) | Self::Memory(_))
    }
}

/// The size limits of a request.
#[derive(Debug, Clone, Copy)]
pub(in crate::wire) struct RequestLimits {
    /// Bytes of the head; also of the trailers.
    pub(in crate::wire) head: usize,
    /// Bytes of the body.
    pub(in crate::wire) body: u64,
}
