//! A request as a command line of curl, so that an owner can repeat it.

use super::request::{Method, Request, Version};

/// The most content that a command line shows, in bytes.
const CONTENT: usize = 500;

/// How long curl reads, in seconds.
const SECONDS: u32 = 5;

/// The fields that the probe always sends and that change nothing: a command line is shorter without them.
const USUAL: [(&str, &str); 2] = [("accept-encoding", "identity"), ("cache-control", "no-cache")];

/// The command line; `None` if curl cannot send the request like this.
pub(crate) fn command(request: &Request, sent: &[u8], origin: &str) -> Option<String> {
    if request.half_close {
        return None;
    }
    // Bytes that are no text cannot be typed.
    let text = std::str::from_utf8(sent).ok()?;
    let (head, content) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?;
    let fields: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
    let mut words = vec!["curl".to_owned(), "-isN".into(), "-m".into(), SECONDS.to_string()];
    match &request.method {
        Method::Get | Method::Post(_) => {}
        Method::Head => words.push("-I".into()),
        other => words.extend(["-X".to_owned(), other.name().to_owned()]),
    }
    if request.version == Version::Http10 {
        words.push("--http1.0".into());
    }
    if request.version == Version::Http2 {
        words.push(if origin.starts_with("https") { "--http2" } else { "--http2-prior-knowledge" }.into());
    }
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        words.extend(["-H".into(), "accept:".into()]);
    }
    for (name, value) in &fields {
        let is_own = matches!(name.to_ascii_lowercase().as_str(), "host" | "content-length");
        if is_own || USUAL.contains(&(name, value)) {
            continue;
        }
        // curl takes a field without a value for one to remove, unless a semicolon ends it.
        words.extend([
            "-H".into(),
            if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") },
        ]);
    }
    if let Method::Post(_) = request.method {
        if content.len() > CONTENT {
            return None;
        }
        words.extend(["--data-binary".into(), content.to_owned()]);
    }
    if words.iter().any(|word| word.len() > CONTENT || word.contains('\0')) {
        return None;
    }
    words.push(format!("{origin}{path}"));
    Some(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// A word as a POSIX shell needs it.
fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::request::ReadLimits;

    fn curl(request: &Request) -> Option<String> {
        let sent = request.bytes("a:1", "/events?a=b", &[]);
        command(request, &sent, "http://a:1")
    }

    #[test]
    fn requests_are_repeated_with_their_fields() {
        let limits = ReadLimits { head: Duration::ZERO, body: Duration::ZERO, events: None };
        let plain = Request::stream(Method::Get, Version::Http11, limits);
        let line = curl(&plain.clone().add_field("last-event-id", "it's 2")).unwrap();
        assert_eq!(
            line,
            r"curl -isN -m 5 -H 'accept: text/event-stream' -H 'last-event-id: it'\''s 2' 'http://a:1/events?a=b'"
        );
        let line = curl(&plain.clone().method(Method::Options).remove_field("accept")).unwrap();
        assert_eq!(line, "curl -isN -m 5 -X OPTIONS -H accept: 'http://a:1/events?a=b'");
        let post = plain.clone().method(Method::Post("{\"a\":1}".into()));
        assert!(
            curl(&post).unwrap().contains("-H 'content-type: application/json' --data-binary '{\"a\":1}'")
        );
        assert_eq!(curl(&plain.clone().add_field("last-event-id", b"\xFF")), None);
        assert_eq!(curl(&plain.add_field("last-event-id", "x".repeat(8192))), None);
    }
}
