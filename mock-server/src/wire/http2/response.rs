//! Heads of responses as HTTP/2 has them: without a reason phrase and without fields that are about a connection.

use crate::action::{BodyKind, Framing, Respond};
use crate::wire::http1::request::Request;
use crate::wire::http1::response::{self, Ending, Next};

/// The fields that HTTP/2 forbids, <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2>.
const OF_CONNECTION: [&str; 5] =
    ["connection", "transfer-encoding", "keep-alive", "proxy-connection", "upgrade"];

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::wire) struct Head {
    pub(in crate::wire) status: u16,
    pub(in crate::wire) fields: Vec<(String, Vec<u8>)>,
}

/// A response, as far as [`Respond`] holds it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::wire) struct Encoded {
    pub(in crate::wire) head: Head,
    pub(in crate::wire) content: Vec<u8>,
    pub(in crate::wire) next: Next,
}

/// Encodes the answer to `request`. The values of the fields go through `expand`. HTTP/2 delimits every body itself, so
/// [`Framing`] decides only whether there is a content-length.
pub(in crate::wire) fn encode(
    respond: &Respond,
    request: &Request,
    expand: impl Fn(&str) -> String,
) -> Encoded {
    let fields = response::fields(respond, expand).into_iter();
    let mut head = Head::new(respond.status, fields.map(|(name, value)| (name, value.into_bytes())));
    let content = respond.body.as_deref().unwrap_or_default();
    let is_bodiless = matches!(respond.status, 204 | 304);
    let (next, length) = match (respond.body_kind(), respond.framing) {
        (BodyKind::Interim, _) => (Next::Head, None),
        (BodyKind::Open(framing), _) => {
            let next = if request.method == "HEAD" { Next::NoBody } else { Next::Body(framing) };
            let length = if let Framing::Length(length) = framing { Some(length) } else { None };
            (next, length)
        }
        (BodyKind::Complete, Some(Framing::Length(length))) => (Next::Nothing(Ending::Reuse), Some(length)),
        (BodyKind::Complete, Some(Framing::Chunked | Framing::Close)) => (Next::Nothing(Ending::Reuse), None),
        (BodyKind::Complete, None) => {
            (Next::Nothing(Ending::Reuse), (!is_bodiless).then_some(content.len() as u64))
        }
    };
    if let Some(length) = length {
        head.add_length(length);
    }
    let content = if request.method == "HEAD" { Vec::new() } else { content.to_vec() };
    Encoded { head, content, next }
}

impl Head {
    /// A head with those of the fields that HTTP/2 allows.
    fn new(status: u16, fields: impl Iterator<Item = (String, Vec<u8>)>) -> Self {
        let is_allowed = |(name, _): &(String, Vec<u8>)| {
            !OF_CONNECTION.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden))
        };
        Self { status, fields: fields.filter(is_allowed).collect() }
    }

    /// The head that HTTP/1.1 writes as these bytes; `None` if they are not one.
    pub(in crate::wire) fn from_http1(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii());
        let status = str::from_utf8(lines.next()?.split(|byte| *byte == b' ').nth(1)?).ok()?.parse().ok()?;
        let fields = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(line.get(..colon)?).into_owned();
            Some((name, line.get(colon + 1..)?.trim_ascii().to_vec()))
        });
        Some(Self::new(status, fields))
    }

    fn add_length(&mut self, length: u64) {
        if !self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            self.fields.push(("content-length".to_owned(), length.to_string().into_bytes()));
        }
    }

    /// Its fields, one on each line, with an empty line at the end, as a transcript shows it.
    pub(in crate::wire) fn shown(&self) -> Vec<u8> {
        let status = (":status".to_owned(), self.status.to_string().into_bytes());
        field_lines(std::iter::once(&status).chain(&self.fields))
    }
}

/// Fields, one on each line, with an empty line at the end.
pub(in crate::wire) fn field_lines<'f>(fields: impl Iterator<Item = &'f (String, Vec<u8>)>) -> Vec<u8> {
    let lines = fields.map(|(name, value)| [name.as_bytes(), b": ", value, b"\r\n"].concat());
    lines.chain([b"\r\n".to_vec()]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::http1::request::Version;

    fn shown(method: &str, respond: &Respond) -> (String, String, Next) {
        let request = Request {
            method: method.into(),
            target: "/".into(),
            version: Version::Http2,
            headers: Vec::new(),
            body: Vec::new(),
        };
        let encoded = encode(respond, &request, str::to_owned);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(encoded.head.shown()), text(encoded.content), encoded.next)
    }

    #[test]
    fn a_stream_has_no_framing_field() {
        let (head, _, next) = shown("GET", &Respond::default());
        assert_eq!(
            head,
            ":status: 200\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\r\n"
        );
        assert_eq!(next, Next::Body(Framing::Chunked));
        assert_eq!(shown("HEAD", &Respond::default()).2, Next::NoBody);
    }

    #[test]
    fn fields_of_a_connection_are_left_out() {
        let headers = [("Connection", "close"), ("X-A", "1"), ("Transfer-Encoding", "chunked")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let respond = Respond { headers: Some(headers), ..Respond::default() };
        assert_eq!(shown("GET", &respond).0, ":status: 200\r\nX-A: 1\r\n\r\n");
    }

    #[test]
    fn a_length_is_announced() {
        let respond = Respond { status: 503, body: Some(b"busy".to_vec()), ..Respond::default() };
        let (head, content, next) = shown("GET", &respond);
        assert_eq!((head.as_str(), content.as_str()), (":status: 503\r\ncontent-length: 4\r\n\r\n", "busy"));
        assert_eq!(next, Next::Nothing(Ending::Reuse));
        assert_eq!(shown("HEAD", &respond).1, "");
        let open = Respond { framing: Some(Framing::Length(9)), ..Respond::default() };
        assert!(shown("GET", &open).0.ends_with("content-length: 9\r\n\r\n"));
        let none = Respond { status: 204, ..Respond::default() };
        assert_eq!(shown("GET", &none).0, ":status: 204\r\n\r\n");
    }

    #[test]
    fn a_head_of_http1_is_read() {
        let head = Head::from_http1(b"HTTP/1.1 200 OK\r\nX-A: b: c\r\ntransfer-encoding: chunked\r\n\r\n");
        let fields = vec![("X-A".to_owned(), b"b: c".to_vec())];
        assert_eq!(head, Some(Head { status: 200, fields }));
        assert_eq!(Head::from_http1(b"\r\n"), None);
    }
}
