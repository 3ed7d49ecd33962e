//! The parts of a request that matter to a topic.

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;

/// The longest head that is read, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// The version of HTTP that a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Http10,
    Http11,
    Http2,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) version: Version,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Field lines; values are bytes.
    fields: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// A request over HTTP/2.
    pub(crate) fn from_http2<B>(request: &http::Request<B>) -> Self {
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let fields = request.headers().iter();
        let fields = fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        Self { version: Version::Http2, method: request.method().to_string(), path, fields }
    }

    /// Reads the head of an HTTP/1.x request; `None` if it is malformed.
    pub(crate) fn parse(head: &[u8]) -> Option<Self> {
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = str::from_utf8(lines.next()?).ok()?;
        let mut words = line.split(' ');
        let (method, path, version) = (words.next()?, words.next()?, words.next()?);
        let version = match version {
            "HTTP/1.0" => Version::Http10,
            "HTTP/1.1" => Version::Http11,
            _ => return None,
        };
        let mut fields = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = str::from_utf8(&line[..colon]).ok()?;
            fields.push((name.to_owned(), line[colon + 1..].trim_ascii().to_vec()));
        }
        Some(Self { version, method: method.into(), path: path.into(), fields })
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        let is_named = |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
        self.fields.iter().find(is_named).map(|(_, value)| value.as_slice())
    }

    /// The value of a field; the case of its name does not matter, <https://www.rfc-editor.org/rfc/rfc9110#section-5.1>.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.bytes(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The id of the last event that the client received, in UTF-8,
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>.
    pub(crate) fn last_event_id(&self, defects: &Defects) -> Option<String> {
        let value = self.bytes("last-event-id")?;
        let usual = |(name, _): &(String, Vec<u8>)| name == "last-event-id" || name == "Last-Event-ID";
        if !self.fields.iter().any(usual) && defects.has(Defect::IdFieldInExactCase) {
            return None;
        }
        if !value.is_ascii() && defects.has(Defect::IdReadAsLatin1) {
            return Some(value.iter().copied().map(char::from).collect());
        }
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the connection ends with the response, <https://www.rfc-editor.org/rfc/rfc9112#section-9.3>.
    pub(crate) fn is_last(&self) -> bool {
        let says_close =
            |value: String| value.to_ascii_lowercase().split(',').any(|word| word.trim() == "close");
        self.version == Version::Http10 || self.field("connection").is_some_and(says_close)
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Version};
    use crate::defect::switches::ServerDefects as Defects;

    #[test]
    fn a_head() {
        let head = "GET /7 HTTP/1.1\r\nHost: x\r\nLAST-event-id:  \u{e9} \r\n";
        let request = Request::parse(head.as_bytes()).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/7"));
        assert_eq!((request.version, request.is_last()), (Version::Http11, false));
        assert_eq!(request.last_event_id(&Defects::None).as_deref(), Some("\u{e9}"));
        assert_eq!(Request::parse(b"nonsense\r\n"), None);
    }
}
