//! Responses as bytes: heads exactly as specified, and the coding of bodies.

mod reason;

use std::io::Write as _;

use super::request::{Request, Version, has_token};
use crate::action::{BodyKind, Framing, Respond};

/// The fields of a 200 if the script specifies none.
const STREAM_FIELDS: [(&str, &str); 2] =
    [("content-type", "text/event-stream"), ("cache-control", "no-store")];

/// The response to bytes that are not a request.
pub(in crate::wire) const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The response if a limit was reached. The text says which.
pub(in crate::wire) fn unavailable(text: &str) -> Vec<u8> {
    let length = text.len() + 1;
    format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{text}\n"
    )
    .into_bytes()
}

/// The answer to `expect: 100-continue`.
pub(in crate::wire) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The end of a chunked body.
pub(in crate::wire) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Its first line, before the trailer fields.
pub(in crate::wire) const LAST_CHUNK_LINE: &[u8] = b"0\r\n";

/// How the bytes of a body are sent on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Coding {
    /// Each write is one chunk.
    Chunked,
    /// As they are.
    Identity,
}

/// What happens to the connection after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Ending {
    /// It waits for the next request.
    Reuse,
    /// FIN.
    Close,
}

impl Ending {
    fn reuse_if(reuse: bool) -> Self {
        if reuse { Self::Reuse } else { Self::Close }
    }
}

/// What follows the bytes of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Next {
    /// Another head.
    Head,
    /// Nothing: the response is complete.
    Nothing(Ending),
    /// A body of this framing.
    Body(Framing),
    /// A body that the peer does not expect, because it requested only the head.
    NoBody,
}

/// The bytes of a response, as far as [`Respond`] holds them.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::wire) struct Encoded {
    pub(in crate::wire) bytes: Vec<u8>,
    pub(in crate::wire) next: Next,
}

/// Encodes the answer to `request`. The values of the fields go through `expand`.
pub(in crate::wire) fn encode(
    respond: &Respond,
    request: &Request,
    expand: impl Fn(&str) -> String,
) -> Encoded {
    let head_only = request.method == "HEAD";
    let mut bytes = Vec::new();
    status_line(respond, &mut bytes);
    let own = Own(fields(respond, expand));
    for (name, value) in &own.0 {
        field(&mut bytes, name, value);
    }
    let body = respond.body.as_deref();
    let next = match (respond.body_kind(), respond.framing.map(|framing| as_possible(framing, request))) {
        (BodyKind::Interim, _) => {
            bytes.extend_from_slice(b"\r\n");
            Next::Head
        }
        (BodyKind::Open(framing), _) => {
            let framing = as_possible(framing, request);
            own.add_framing(&mut bytes, framing);
            if head_only { Next::NoBody } else { Next::Body(framing) }
        }
        (BodyKind::Complete, Some(framing)) if body.is_some() => {
            let body = body.unwrap_or_default();
            own.add_framing(&mut bytes, framing);
            if !head_only {
                write_framed(&mut bytes, framing, body);
            }
            let whole = match framing {
                Framing::Chunked => true,
                Framing::Close => false,
                Framing::Length(length) => length == body.len() as u64,
            };
            Next::Nothing(Ending::reuse_if(head_only || whole))
        }
        (BodyKind::Complete, _) => {
            let body = body.unwrap_or_default();
            let whole = own.add_length(&mut bytes, respond.status, body.len() as u64);
            if !head_only {
                bytes.extend_from_slice(body);
            }
            // After 101 the connection no longer speaks HTTP.
            Next::Nothing(Ending::reuse_if((head_only || whole) && respond.status != 101))
        }
    };
    let closes =
        request.wants_close() || own.all("connection").any(|value| has_token(value.as_bytes(), "close"));
    let next =
        if closes && next == Next::Nothing(Ending::Reuse) { Next::Nothing(Ending::Close) } else { next };
    Encoded { bytes, next }
}

/// The fields of a response, without those that its framing needs.
pub(in crate::wire) fn fields(respond: &Respond, expand: impl Fn(&str) -> String) -> Vec<(String, String)> {
    match &respond.headers {
        Some(headers) => headers.iter().map(|(name, value)| (name.clone(), expand(value))).collect(),
        None if respond.status == 200 => STREAM_FIELDS.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
        None => Vec::new(),
    }
}

/// Encodes bytes of a body as one write, which replaces what `bytes` held. Empty bytes are left empty, because an
/// empty chunk would end the body.
pub(in crate::wire) fn code(bytes: &mut Vec<u8>, coding: Coding, data: &[u8]) {
    bytes.clear();
    append(bytes, coding, data);
}

/// Like [`code`], after what `bytes` already has.
pub(in crate::wire) fn append(bytes: &mut Vec<u8>, coding: Coding, data: &[u8]) {
    match coding {
        Coding::Chunked if data.is_empty() => {}
        Coding::Chunked => chunk(bytes, data),
        Coding::Identity => bytes.extend_from_slice(data),
    }
}

/// Adds a chunk, see [RFC 9112, section 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1).
fn chunk(bytes: &mut Vec<u8>, data: &[u8]) {
    bytes.reserve(data.len() + 20);
    // Writing to memory does not fail.
    let _ = write!(bytes, "{:x}\r\n", data.len());
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(b"\r\n");
}

fn status_line(respond: &Respond, bytes: &mut Vec<u8>) {
    let reason = respond.reason.as_deref().unwrap_or_else(|| reason::registered(respond.status));
    // Keep the space even if the reason is empty: RFC 9112, section 4.
    let _ = write!(bytes, "HTTP/1.1 {} {reason}\r\n", respond.status);
}

fn field(bytes: &mut Vec<u8>, name: &str, value: &str) {
    let _ = write!(bytes, "{name}: {value}\r\n");
}

/// HTTP/1.0 has no chunks: RFC 9112, section 6.1.
fn as_possible(framing: Framing, request: &Request) -> Framing {
    match (framing, request.version) {
        (Framing::Chunked, Version::Http10) => Framing::Close,
        (framing, _) => framing,
    }
}

/// Adds a whole body.
fn write_framed(bytes: &mut Vec<u8>, framing: Framing, body: &[u8]) {
    match framing {
        Framing::Chunked => {
            if !body.is_empty() {
                chunk(bytes, body);
            }
            bytes.extend_from_slice(LAST_CHUNK);
        }
        Framing::Close | Framing::Length(_) => bytes.extend_from_slice(body),
    }
}

/// The fields that the script specifies.
struct Own(Vec<(String, String)>);

impl Own {
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn names(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Adds the field for the framing, unless the script has it, and ends the head.
    fn add_framing(&self, bytes: &mut Vec<u8>, framing: Framing) {
        let (name, value) = match framing {
            Framing::Chunked => ("transfer-encoding", "chunked".to_owned()),
            Framing::Close => ("connection", "close".to_owned()),
            Framing::Length(length) => ("content-length", length.to_string()),
        };
        if !self.names(name) {
            field(bytes, name, &value);
        }
        bytes.extend_from_slice(b"\r\n");
    }

    /// Adds the length of a complete body if the status may have one, and ends the head. Returns whether the peer will
    /// find the correct end of the body.
    fn add_length(&self, bytes: &mut Vec<u8>, status: u16, length: u64) -> bool {
        let bodiless = matches!(status, 100..200 | 204 | 304);
        let coded = self.names("transfer-encoding");
        let announced = self.all("content-length").next().map(str::to_owned);
        if announced.is_none() && !coded && !bodiless {
            field(bytes, "content-length", &length.to_string());
        }
        bytes.extend_from_slice(b"\r\n");
        match announced {
            _ if coded => false,
            _ if bodiless => length == 0,
            Some(announced) => announced.trim().parse() == Ok(length),
            None => true,
        }
    }
}
