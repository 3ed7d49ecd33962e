//! The head of a response as it is passed on.

use super::fields::{is_hop_by_hop, line};
use crate::action::{BodyKind, Framing};
use crate::client::ResponseHead;
use crate::wire::{Request, Version};

/// Whether a content-length stays true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyLength {
    /// The body is passed on without additions.
    Kept,
    /// The script may write more or less than the upstream.
    Unknown,
}

/// How the upstream delimits the body after this head; a length of 0 if there is none. See
/// [RFC 9112, section 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3).
pub(super) fn framing(head: &ResponseHead, method: &str) -> Result<Framing, String> {
    if head.status == 101 {
        return Err("it switches protocols, which nobody asked for".into());
    }
    if !has_body(head, method) {
        return Ok(Framing::Length(0));
    }
    let codings = list(head, "transfer-encoding");
    match codings.as_slice() {
        [] => {}
        [coding] if coding.eq_ignore_ascii_case("chunked") => return Ok(Framing::Chunked),
        _ => return Err(format!("it has the transfer coding {:?}, not \"chunked\"", codings.join(", "))),
    }
    let lengths = list(head, "content-length");
    let Some(first) = lengths.first() else { return Ok(Framing::Close) };
    let is_number = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    match first.parse() {
        Ok(length) if is_number && lengths.iter().all(|other| other == first) => Ok(Framing::Length(length)),
        _ => Err(format!("its content-length is {:?}", lengths.join(", "))),
    }
}

fn has_body(head: &ResponseHead, method: &str) -> bool {
    method != "HEAD" && !matches!(head.status, 204 | 304)
}

/// The members of a list in all fields of this name.
fn list(head: &ResponseHead, name: &str) -> Vec<String> {
    let members = head.all(name).flat_map(|value| value.split(|byte| *byte == b','));
    members.map(|member| String::from_utf8_lossy(member.trim_ascii()).into_owned()).collect()
}

/// The content coding of the body, if it has one.
pub(super) fn content_coding(head: &ResponseHead) -> Option<String> {
    let codings = list(head, "content-encoding");
    codings.into_iter().find(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
}

/// The bytes of a head as it is passed on, and what follows it. `framing` is the upstream's.
pub(super) fn encode(
    head: &ResponseHead,
    request: &Request,
    framing: Framing,
    length: BodyLength,
) -> (Vec<u8>, BodyKind) {
    let kind = match framing {
        _ if head.is_interim() => BodyKind::Interim,
        Framing::Length(0) if length == BodyLength::Kept || !has_body(head, &request.method) => {
            BodyKind::Complete
        }
        Framing::Length(_) if length == BodyLength::Kept => BodyKind::Open(framing),
        Framing::Close => BodyKind::Open(Framing::Close),
        // HTTP/1.0 has no chunks: RFC 9112, section 6.1.
        _ if request.version == Version::Http10 => BodyKind::Open(Framing::Close),
        _ => BodyKind::Open(Framing::Chunked),
    };
    let drops_length = matches!(kind, BodyKind::Open(Framing::Chunked | Framing::Close));
    let mut bytes = format!("HTTP/1.1 {} {}\r\n", head.status, head.reason).into_bytes();
    for (name, value) in &head.headers {
        let replaced = drops_length && name.eq_ignore_ascii_case("content-length");
        if !replaced && !is_hop_by_hop(name, head.all("connection")) {
            line(&mut bytes, name, value);
        }
    }
    match kind {
        BodyKind::Open(Framing::Chunked) => line(&mut bytes, "transfer-encoding", b"chunked"),
        BodyKind::Open(Framing::Close) => line(&mut bytes, "connection", b"close"),
        _ => {}
    }
    bytes.extend_from_slice(b"\r\n");
    (bytes, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> ResponseHead {
        ResponseHead::parse(text.as_bytes()).expect("a head").expect("all of it").0
    }

    fn of(fields: &str) -> Result<Framing, String> {
        framing(&head(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n")), "GET")
    }

    #[test]
    fn framings_are_found_or_refused() {
        assert_eq!(of(""), Ok(Framing::Close));
        assert_eq!(of("Content-Length: 5\r\nContent-Length: 5\r\n"), Ok(Framing::Length(5)));
        assert_eq!(of("Transfer-Encoding: Chunked\r\nContent-Length: 5\r\n"), Ok(Framing::Chunked));
        for fields in [
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Length: 5, 6\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: \r\n",
        ] {
            assert!(of(fields).is_err(), "{fields}");
        }
        assert_eq!(framing(&head("HTTP/1.1 204 No Content\r\n\r\n"), "GET"), Ok(Framing::Length(0)));
        assert!(framing(&head("HTTP/1.1 101 X\r\n\r\n"), "GET").is_err());
    }

    #[test]
    fn a_head_is_passed_on_without_fields_of_the_connection() {
        let upstream = head(
            "HTTP/1.0 200 Fine\r\nX-A: \u{e9}\r\nConnection: x-b\r\nX-B: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\n\
             Content-Length: 5\r\n\r\n",
        );
        let request = |version| Request {
            method: "GET".into(),
            target: "/".into(),
            version,
            headers: Vec::new(),
            body: Vec::new(),
        };
        let text = |version, length| {
            let (bytes, kind) = encode(&upstream, &request(version), Framing::Length(5), length);
            (String::from_utf8(bytes).expect("text"), kind)
        };
        let start = "HTTP/1.1 200 Fine\r\nX-A: \u{e9}\r\nSet-Cookie: a\r\nset-cookie: b\r\n";
        let (kept, kind) = text(Version::Http11, BodyLength::Kept);
        assert_eq!(kept, format!("{start}Content-Length: 5\r\n\r\n"));
        assert_eq!(kind, BodyKind::Open(Framing::Length(5)));
        let (chunked, _) = text(Version::Http11, BodyLength::Unknown);
        assert_eq!(chunked, format!("{start}transfer-encoding: chunked\r\n\r\n"));
        let (closed, kind) = text(Version::Http10, BodyLength::Unknown);
        assert_eq!(closed, format!("{start}connection: close\r\n\r\n"));
        assert_eq!(kind, BodyKind::Open(Framing::Close));
    }
}
