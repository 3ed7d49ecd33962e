//! The media type of a response.
//!
//! "Content-Type is not `text/event-stream`" names no algorithm. It is read here as Fetch reads it elsewhere:
//! <https://fetch.spec.whatwg.org/#concept-header-extract-mime-type>, of which only the essence is needed.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::stream::decoder::Charset;

/// Whether a response with these headers is an event stream. Parameters do not matter, not even the charset.
pub(crate) fn is_event_stream(headers: &HeaderMap, defects: &Defects) -> bool {
    let is_event_stream = extract_essence(headers).as_deref() == Some(EVENT_STREAM);
    is_event_stream != is_misjudged(headers, is_event_stream, defects)
}

const EVENT_STREAM: &str = "text/event-stream";

/// Decides whether a defect reverses the answer.
fn is_misjudged(headers: &HeaderMap, is_event_stream: bool, defects: &Defects) -> bool {
    let has = |defect| defects.has(defect);
    let value = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let Some(value) = value.as_deref() else {
        return has(Defect::MissingTypeAccepted) || has(Defect::TypeNotChecked);
    };
    if is_event_stream {
        return (first_type(headers).is_some_and(|first| first != EVENT_STREAM)
            && has(Defect::FirstOfTwoTypesCounts))
            || (value.contains(char::is_uppercase) && !value.contains(';') && has(Defect::TypeCaseCounts))
            || (value.contains(';') && has(Defect::ParametersRefused))
            || (value.contains(" ;") && has(Defect::SpaceBeforeSemicolonRefused))
            || (value.ends_with(';') && has(Defect::LastSemicolonRefused))
            || (charset(headers) != Charset::Utf8 && has(Defect::OtherCharsetRefused));
    }
    let essence = value.split(';').next().unwrap_or_default();
    (essence.contains(EVENT_STREAM) && has(Defect::TypeAnywhereEnough))
        || (value.contains(EVENT_STREAM) && has(Defect::TypeInParameterEnough))
        || (first_type(headers).is_some_and(|first| first == EVENT_STREAM)
            && has(Defect::FirstOfTwoTypesCounts))
        || (value.starts_with(EVENT_STREAM) && has(Defect::TypePrefixEnough))
        || (value == "text/plain" && has(Defect::PlainTextSniffed))
        || (extract_essence(headers).is_none() && has(Defect::MalformedTypeAccepted))
        || has(Defect::TypeNotChecked)
}

/// The first of several content types.
fn first_type(headers: &HeaderMap) -> Option<String> {
    let fields: Vec<&[u8]> = headers.get_all(CONTENT_TYPE).iter().map(|value| value.as_bytes()).collect();
    let value = fields.join(&b", "[..]);
    let types = split(&value);
    if types.len() > 1 { types.first().and_then(|first| parse(first)) } else { None }
}

/// The charset that the content type names, which does not matter.
pub(crate) fn charset(headers: &HeaderMap) -> Charset {
    let value = headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase());
    let value = String::from_utf8_lossy(value.as_deref().unwrap_or_default()).into_owned();
    match value.split_once("charset=") {
        Some((_, charset)) if charset.starts_with("utf-8") => Charset::Utf8,
        Some((_, charset)) if charset.starts_with("x-") => Charset::Unknown,
        Some(_) => Charset::Known,
        None => Charset::Utf8,
    }
}

/// The essence of the MIME type extracted from the headers; `None` for failure. Of several types, the last one that can
/// be parsed and is not `*/*` counts.
fn extract_essence(headers: &HeaderMap) -> Option<String> {
    let fields: Vec<&[u8]> = headers.get_all(CONTENT_TYPE).iter().map(|value| value.as_bytes()).collect();
    if fields.is_empty() {
        return None;
    }
    let value = fields.join(&b", "[..]);
    split(&value).into_iter().rev().filter_map(parse).find(|essence| essence != "*/*")
}

/// <https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>: cut at commas outside of quoted strings.
fn split(value: &[u8]) -> Vec<&[u8]> {
    enum At {
        Plain,
        Quoted,
        Escaped,
    }
    let (mut values, mut start, mut at) = (Vec::new(), 0, At::Plain);
    for (index, byte) in value.iter().enumerate() {
        at = match (at, byte) {
            (At::Plain, b'"') => At::Quoted,
            (At::Plain, b',') => {
                values.extend(value.get(start..index));
                start = index + 1;
                At::Plain
            }
            (At::Quoted, b'\\') => At::Escaped,
            (At::Quoted, b'"') => At::Plain,
            (At::Escaped, _) => At::Quoted,
            (same, _) => same,
        };
    }
    values.extend(value.get(start..));
    values
}

/// The essence of <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>; `None` for failure, which nothing after the
/// first semicolon can cause.
fn parse(input: &[u8]) -> Option<String> {
    let input = trim_start(trim_end(input));
    let slash = input.iter().position(|byte| *byte == b'/')?;
    let (kind, from_slash) = input.split_at(slash);
    let subtype = from_slash.get(1..)?.split(|byte| *byte == b';').next()?;
    Some(format!("{}/{}", token(kind)?, token(trim_end(subtype))?))
}

/// "If it is the empty string or does not solely contain HTTP token code points, then return failure"; else in ASCII
/// lowercase.
fn token(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || !bytes.iter().copied().all(is_token) {
        return None;
    }
    Some(bytes.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect())
}

/// <https://mimesniff.spec.whatwg.org/#http-token-code-point>
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// <https://fetch.spec.whatwg.org/#http-whitespace>
fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\t' | b' ')
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_whitespace(*byte)).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !is_whitespace(*byte)).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderValue};

    use super::{Defects, extract_essence, is_event_stream, split};

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (CONTENT_TYPE, HeaderValue::from_bytes(value.as_bytes()).unwrap()))
            .collect()
    }

    #[test]
    fn accepted() {
        for value in [
            "text/event-stream",
            "text/event-stream;",
            "text/event-stream ;",
            " text/event-stream ",
            "Text/Event-Stream",
            "TEXT/EVENT-STREAM; CHARSET=UTF-8",
            "text/event-stream;charset=windows-1252",
            "text/event-stream; charset=utf-8; foo=\"b;a, r\"",
            "text/event-stream;charset",
            "text/event-stream;=;;\u{e9}",
            "text/event-stream;\"",
        ] {
            assert!(is_event_stream(&headers(&[value]), &Defects::None), "{value}");
        }
    }

    #[test]
    fn refused() {
        for value in [
            "",
            "text/plain",
            "text/event-streams",
            "text/event-stream+x",
            "text/event-stream x",
            "text/event-stream/x",
            "text /event-stream",
            "text/ event-stream",
            "text",
            "text/",
            "/event-stream",
            "text/;event-stream",
            "x bogus",
            "event-stream",
            ";text/event-stream",
            "*/*",
        ] {
            assert!(!is_event_stream(&headers(&[value]), &Defects::None), "{value}");
        }
        assert!(!is_event_stream(&HeaderMap::new(), &Defects::None));
    }

    #[test]
    fn of_several_the_last_valid_counts() {
        assert!(is_event_stream(&headers(&["text/plain", "text/event-stream"]), &Defects::None));
        assert!(is_event_stream(&headers(&["text/plain, text/event-stream"]), &Defects::None));
        assert!(!is_event_stream(&headers(&["text/event-stream", "text/plain"]), &Defects::None));
        assert!(is_event_stream(&headers(&["text/event-stream", "*/*"]), &Defects::None));
        assert!(is_event_stream(&headers(&["text/event-stream", "bogus"]), &Defects::None));
        assert!(is_event_stream(&headers(&["text/event-stream", ""]), &Defects::None));
        assert_eq!(
            extract_essence(&headers(&["text/html;\", text/event-stream"])).as_deref(),
            Some("text/html")
        );
    }

    #[test]
    fn examples_of_fetch() {
        assert_eq!(split(b"nosniff,"), [&b"nosniff"[..], b""]);
        assert_eq!(split(b""), [b""]);
        assert_eq!(split(br#"text/html;", x/x"#), [br#"text/html;", x/x"#]);
        assert_eq!(split(br#"x/x;test="hi",y/y"#), [&br#"x/x;test="hi""#[..], b"y/y"]);
        assert_eq!(split(br#""1,2",3"#), [&br#""1,2""#[..], b"3"]);
        assert_eq!(split(br#""\",",3"#), [&br#""\",""#[..], b"3"]);
    }
}
