//! A request as it was received.

use std::fmt;

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
