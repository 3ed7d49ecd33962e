//! A request from a client, and as it is forwarded.

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::fields::Fields;

/// The longest head of a request.
pub(crate) const LONGEST: usize = 256 * 1024;

/// The most content of a request.
const MOST: usize = 64 * 1024 * 1024;

/// The fields that an intermediary with a defect knows.
const KNOWN: [&str; 9] = [
    "accept",
    "accept-encoding",
    "authorization",
    "cache-control",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "user-agent",
];

/// A version of HTTP in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Http10,
    Http11,
    Http2,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) version: Version,
    pub(crate) fields: Fields,
    pub(crate) content: Vec<u8>,
}

/// What became of the bytes that have arrived.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// A request; its bytes were taken.
    Request(Request),
    /// More must arrive.
    More,
    /// It cannot be forwarded; this status says why.
    Bad(u16),
}

impl Request {
    /// Takes a request from the bytes that have arrived.
    pub(crate) fn take(buffer: &mut Vec<u8>) -> Parsed {
        let Some(end) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else {
            return if buffer.len() > LONGEST { Parsed::Bad(431) } else { Parsed::More };
        };
        let head = buffer.get(..end).unwrap_or_default().to_vec();
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let [method, target, version] = first.split(' ').collect::<Vec<_>>()[..] else {
            return Parsed::Bad(400);
        };
        let version = match version {
            "HTTP/1.0" => Version::Http10,
            "HTTP/1.1" => Version::Http11,
            _ => return Parsed::Bad(505),
        };
        let mut fields = Fields::default();
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { return Parsed::Bad(400) };
            let name = String::from_utf8_lossy(line.get(..colon).unwrap_or_default()).into_owned();
            let value = line.get(colon + 1..).unwrap_or_default().trim_ascii().to_vec();
            fields.0.push((name, value));
        }
        if fields.values("transfer-encoding").next().is_some() {
            // A length is asked for, <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>.
            return Parsed::Bad(411);
        }
        let length = fields.values("content-length").next();
        let length =
            length.map(|value| str::from_utf8(value).ok().and_then(|text| text.parse::<usize>().ok()));
        let length = match length {
            None => 0,
            Some(Some(length)) if length <= MOST => length,
            Some(Some(_)) => return Parsed::Bad(413),
            Some(None) => return Parsed::Bad(400),
        };
        let begins = end + 4;
        if buffer.len() < begins + length {
            return Parsed::More;
        }
        let content = buffer.get(begins..begins + length).unwrap_or_default().to_vec();
        let (method, target) = (method.to_owned(), target.to_owned());
        buffer.drain(..begins + length);
        Parsed::Request(Self { method, target, version, fields, content })
    }

    /// Whether the client sends no other request on this connection.
    pub(crate) fn is_last(&self) -> bool {
        self.version == Version::Http10 || self.fields.lists("connection", "close")
    }

    /// The request as it is sent to the origin over HTTP/1.1.
    pub(crate) fn forwarded(&self, defects: &Defects) -> Vec<u8> {
        let (fields, content) = self.forwarded_parts(defects);
        let version = if defects.has(Defect::OriginAskedWithHttp10) { "HTTP/1.0" } else { "HTTP/1.1" };
        let mut bytes = format!("{} {} {version}\r\n", self.method, self.target).into_bytes();
        fields.write(&mut bytes);
        bytes.extend_from_slice(b"connection: close\r\n\r\n");
        bytes.extend_from_slice(content);
        bytes
    }

    /// The fields and the content that are sent to the origin.
    pub(crate) fn forwarded_parts(&self, defects: &Defects) -> (Fields, &[u8]) {
        let names_fields = self.fields.values("connection").any(|value| value.contains(&b'x'));
        let keeps = names_fields && defects.has(Defect::RequestConnectionFieldsForwarded);
        let mut fields = self.fields.clone().end_to_end(keeps);
        fields.remove(|name| name.eq_ignore_ascii_case("content-length"));
        self.change_fields(&mut fields, defects);
        let content = if !self.content.is_empty() && defects.has(Defect::ContentOfRequestLost) {
            &[]
        } else {
            self.content.as_slice()
        };
        if !content.is_empty() || self.fields.values("content-length").next().is_some() {
            fields.0.push(("content-length".into(), content.len().to_string().into_bytes()));
        }
        // <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3>
        let received = match self.version {
            Version::Http10 => "1.0",
            Version::Http11 => "1.1",
            Version::Http2 => "2",
        };
        fields.0.push(("via".into(), format!("{received} reference").into_bytes()));
        (fields, content)
    }

    fn change_fields(&self, fields: &mut Fields, defects: &Defects) {
        let has_id = fields.values("last-event-id").next().is_some();
        if has_id && defects.has(Defect::LastEventIdDropped) {
            fields.remove(|name| name.eq_ignore_ascii_case("last-event-id"));
        }
        if has_id && defects.has(Defect::LastEventIdEmptied) {
            for (_, value) in
                fields.0.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("last-event-id"))
            {
                value.clear();
            }
        }
        if fields.values("last-event-id").any(<[u8]>::is_empty)
            && defects.has(Defect::EmptyLastEventIdDropped)
        {
            fields.remove(|name| name.eq_ignore_ascii_case("last-event-id"));
        }
        if fields.values("authorization").next().is_some() && defects.has(Defect::AuthorizationDropped) {
            fields.remove(|name| name.eq_ignore_ascii_case("authorization"));
        }
        let is_known = |name: &str| KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known));
        if fields.0.iter().any(|(name, _)| !is_known(name)) && defects.has(Defect::UnknownFieldsDropped) {
            fields.remove(|name| !is_known(name));
        }
        for (name, value) in &mut fields.0 {
            let is_id = name.eq_ignore_ascii_case("last-event-id");
            if is_id
                && value.windows(2).any(|pair| pair == b"  ")
                && defects.has(Defect::LastEventIdCollapsed)
            {
                value.dedup_by(|one, other| *one == b' ' && *other == b' ');
            }
            if is_id && !value.is_ascii() && defects.has(Defect::LastEventIdInAscii) {
                value.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
            }
            if value.len() > 4096 && defects.has(Defect::LongFieldsCut) {
                value.truncate(4096);
            }
        }
        if fields.values("accept-encoding").next().is_none() && defects.has(Defect::GzipAskedFor) {
            fields.0.push(("accept-encoding".into(), b"gzip".to_vec()));
        }
    }
}
