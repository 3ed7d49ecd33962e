//! How actions are written in TOML.
//!
//! ```toml
//! steps = [
//!   { respond = { status = 200, headers = { content-type = "text/event-stream" } } },
//!   { send = "retry: 500\nid: 1\ndata: one\n\n" },
//!   { wait = "1s" },
//!   { drop = "reset" },
//! ]
//! ```

use std::ops::Range;

use ssespec_diagnostics::value::{self, Value};
use ssespec_diagnostics::{Findings, Key, Shape, Table, Verb};
use toml::de::DeTable;

use crate::action::{Action, Drop, Framing, Repeat, Respond};

pub mod http2;

#[cfg(test)]
mod tests;

/// The verbs of the actions.
pub static ACTIONS: &[Verb] = &[
    Verb::open(
        "respond",
        Shape::Table(&RESPOND),
        "Answer the request with this response head. Default: 200, text/event-stream, no-store, chunked.",
    ),
    Verb::with("send", Shape::Text, "Write this text to the body: one write, one chunk."),
    Verb::with(
        "send-hex",
        Shape::Hex,
        "Write these bytes, given in hexadecimal, to the body: one write, one chunk.",
    ),
    Verb::with("send-repeat", Shape::Table(&REPEAT), "Write a pattern many times, streamed."),
    Verb::with("wait", Shape::Duration, "Do nothing for this long."),
    Verb::word("end", "End the body cleanly."),
    Verb::with(
        "trailers",
        Shape::Map(&FIELD),
        "End the body with these trailer fields: over HTTP/2, or in chunks. Another body ends without them.",
    ),
    Verb::with(
        "drop",
        Shape::Either(&[Shape::Word(Drop::WORDS), Shape::Table(&http2::DROP)]),
        "End the connection without ending the body: \"fin\" cleanly, \"reset\" with RST, or over HTTP/2 with RST_STREAM \
         (INTERNAL_ERROR, or the code in { reset = \"CANCEL\" }).",
    ),
    Verb::with(
        "refuse",
        Shape::Duration,
        "Refuse new connections for this long, starting now, and over HTTP/2 also streams of open connections \
         (REFUSED_STREAM). The script continues immediately; write it before `drop`.",
    ),
    Verb::with("raw", Shape::Text, "Write these bytes instead of an HTTP response."),
];

static RESPOND: Table = Table {
    what: "`respond`",
    keys: &[
        Key::optional("status", Shape::Count(100, 999), "The status code; 200 if absent."),
        Key::optional("reason", Shape::Text, "The reason phrase; the registered one if absent."),
        Key::optional(
            "headers",
            Shape::Map(&FIELD),
            "The header fields, in this order and case, instead of the implied ones. An array writes several fields of that name.",
        ),
        Key::optional(
            "framing",
            Shape::Word(FramingWord::WORDS),
            "How the end of the body is signaled: chunked, by closing the connection, or by a length.",
        ),
        Key::optional("length", Shape::Count(0, u64::MAX), "The content-length, with framing = \"length\"."),
        Key::optional(
            "body",
            Shape::Text,
            "The complete body; without it, a 200 response stays open for `send`.",
        ),
    ],
};

ssespec_diagnostics::words! {
    /// The words for a [`Framing`].
    enum FramingWord {
        /// [`Framing::Chunked`]
        Chunked = "chunked",
        /// [`Framing::Close`]
        Close = "close",
        /// [`Framing::Length`], with the key `length`
        Length = "length",
    }
}

static FIELD: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

static REPEAT: Table = Table {
    what: "`send-repeat`",
    keys: &[
        Key::optional("text", Shape::Text, "The pattern as text."),
        Key::optional("hex", Shape::Hex, "The pattern in hexadecimal."),
        Key::required("times", Shape::Count(1, u64::MAX), "The number of repetitions."),
        Key::optional(
            "write",
            Shape::Count(1, 16 << 20),
            "The number of bytes per write; each is read before the next is written. If absent: 65536, without waiting.",
        ),
    ],
};

/// Reads an action whose shape was checked; `None` if the verb is not one of [`ACTIONS`] or
/// [`http2::CONTROLS`], or if a mistake was found.
pub fn read(
    verb: &str,
    span: Range<usize>,
    argument: Option<&Value<'_>>,
    findings: &mut Findings,
) -> Option<Action> {
    match (verb, argument) {
        ("respond", None) => Some(Action::Respond(Respond::default())),
        ("respond", Some(options)) => respond(options, findings).map(Action::Respond),
        ("send", Some(bytes)) => Some(Action::Send(value::text(bytes)?.into())),
        ("send-hex", Some(digits)) => Some(Action::Send(value::hex(value::text(digits)?)?)),
        ("send-repeat", Some(options)) => repeat(options, findings).map(Action::SendRepeat),
        ("wait", Some(time)) => value::duration(time).map(Action::Wait),
        ("end", None) => Some(Action::End),
        ("trailers", Some(fields)) => Some(Action::Trailers(header_fields(value::table(fields)?, findings))),
        ("drop", Some(how)) => http2::drop(how).map(Action::Drop),
        ("refuse", Some(time)) => value::duration(time).map(Action::Refuse),
        ("raw", Some(bytes)) => {
            let bytes: Vec<u8> = value::text(bytes)?.into();
            if bytes.is_empty() {
                let hint = "to close the connection without a response, write { drop = \"fin\" }";
                findings.add_with_hint(span, "`raw` writes nothing", "expected at least one byte", hint);
                return None;
            }
            Some(Action::Raw(bytes))
        }
        (verb, argument) => http2::read(verb, span, argument, findings).map(Action::Control),
    }
}

fn respond(options: &Value<'_>, findings: &mut Findings) -> Option<Respond> {
    let table = value::table(options)?;
    let length = value::count_of(table, "length");
    let framing = match (value::word_of(table, "framing"), length) {
        (Some(FramingWord::Length), Some(length)) => Some(Framing::Length(length)),
        (Some(FramingWord::Length), None) => {
            let message = "framing = \"length\" needs a length";
            let hint = "add the number of bytes in the body: length = 9";
            findings.add_with_hint(options.span(), message, "no length here", hint);
            return None;
        }
        (Some(FramingWord::Chunked | FramingWord::Close) | None, Some(_)) => {
            let hint = "add framing = \"length\"";
            let message = "`length` requires framing = \"length\"";
            findings.add_with_hint(options.span(), message, "not framed by length", hint);
            return None;
        }
        (Some(FramingWord::Close), None) => Some(Framing::Close),
        (Some(FramingWord::Chunked), None) => Some(Framing::Chunked),
        (None, None) => None,
    };
    let headers = value::get(table, "headers").and_then(value::table);
    let reason = value::text_of(table, "reason");
    if let (Some(reason), Some(value)) = (&reason, value::get(table, "reason"))
        && reason.contains(['\r', '\n'])
    {
        let hint = "write malformed responses with `raw`";
        findings.add_with_hint(value.span(), "a reason phrase with a line ending", "expected one line", hint);
    }
    Some(Respond {
        status: value::count_of(table, "status").and_then(|n| u16::try_from(n).ok()).unwrap_or(200),
        reason,
        headers: headers.map(|fields| header_fields(fields, findings)),
        framing,
        body: value::text_of(table, "body").map(String::into_bytes),
    })
}

/// The header fields in the order of the file; an array stands for several fields of the same name.
fn header_fields(fields: &DeTable<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    check_fields(fields, "write malformed fields with `raw`", findings);
    let mut headers = Vec::new();
    for (name, values) in fields {
        for text in value::text(values).into_iter().chain(value::list(values).filter_map(value::text)) {
            headers.push((name.get_ref().to_string(), text.to_owned()));
        }
    }
    headers
}

/// Finds invalid header field names and values, see
/// [RFC 9110, section 5](https://www.rfc-editor.org/rfc/rfc9110#section-5). The hint says what to do instead.
pub fn check_fields(fields: &DeTable<'_>, hint: &str, findings: &mut Findings) {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    for (name, values) in fields {
        if name.get_ref().is_empty() || !name.get_ref().chars().all(token) {
            let label = "expected letters, digits and hyphens";
            findings.add_with_hint(name.span(), "this is not a header field name", label, hint);
        }
        for entry in value::list(values).chain(std::iter::once(values)) {
            if value::text(entry).is_some_and(|text| text.contains(['\r', '\n'])) {
                findings.add_with_hint(
                    entry.span(),
                    "a header field value with a line ending",
                    "expected one line",
                    hint,
                );
            }
        }
    }
}

fn repeat(options: &Value<'_>, findings: &mut Findings) -> Option<Repeat> {
    let table = value::table(options)?;
    let hex = value::get(table, "hex").and_then(value::text).and_then(value::hex);
    let text = value::text_of(table, "text").map(String::into_bytes);
    if text.is_some() && hex.is_some() {
        let hint = "remove one of them";
        findings.add_with_hint(options.span(), "`send-repeat` has two patterns", "`text` and `hex`", hint);
        return None;
    }
    let Some(pattern) = text.or(hex).filter(|pattern| !pattern.is_empty()) else {
        let label = "expected a nonempty `text` or `hex`";
        let hint = "write it like this: { text = \": ping\\n\", times = 1000 }";
        findings.add_with_hint(options.span(), "`send-repeat` needs a pattern", label, hint);
        return None;
    };
    let write = value::count_of(table, "write").and_then(|n| usize::try_from(n).ok());
    Some(Repeat { pattern, times: value::count_of(table, "times")?, write })
}
