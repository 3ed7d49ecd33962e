//! Observations of a server in words; the case format puts expectations into words.

pub(in crate::session) use ssespec_cases::quote::quote;
use ssespec_cases::server::{Http, Request};
use ssespec_reports::transcript::escape;

use super::served_url::Target;
use super::stream_contents::{ResponseHead, Seen};
use crate::protocol::server::ServerObservation;
use crate::session::describe::server_shown;
pub(in crate::session) use crate::session::describe::time;

/// The row of a transcript that shows something of a stream: its kind, its text, and its true length where that is cut.
pub(in crate::session) fn row(seen: &Seen) -> (&'static str, String, Option<u64>) {
    let (kind, text) = match seen {
        Seen::Bytes(bytes, length) => {
            let cut = *length > bytes.len() as u64;
            return ("bytes", escape(bytes).text, cut.then_some(*length));
        }
        Seen::Head(head) => ("response", head.status.to_string()),
        Seen::Event(_) => ("event", self::seen(seen)),
        Seen::Comment(text) => ("comment", quote(text)),
        Seen::Retry(time) => ("retry", time.to_string()),
        Seen::Violation(what) => ("violation", what.clone()),
        Seen::Remark(what) => ("remark", what.clone()),
        #[cfg(feature = "intermediary")]
        Seen::Content(bytes) => ("content", format!("{} bytes", bytes.len())),
        #[cfg(feature = "intermediary")]
        Seen::StreamLimit(limit) => ("settings", format!("at most {limit} concurrent streams")),
        Seen::End => ("end", String::new()),
        Seen::Broken(what) => ("broken", what.clone()),
        Seen::Closed => ("closed", String::new()),
    };
    (kind, text, None)
}

/// What a stream showed.
pub(in crate::session) fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Bytes(_, length) => format!("{length} bytes"),
        #[cfg(feature = "intermediary")]
        Seen::Content(bytes) => format!("{} bytes of content", bytes.len()),
        #[cfg(feature = "intermediary")]
        Seen::StreamLimit(limit) => format!("a limit of {limit} concurrent streams"),
        Seen::Head(head) => response(head, []),
        Seen::Event(event) => {
            let mut words = format!("event type {}, data {}", quote(&event.kind), quote(&event.data));
            if event.length > event.data.len() as u64 {
                words.push_str(&format!(" ({} bytes in all)", event.length));
            }
            if !event.id.is_empty() {
                words.push_str(&format!(", id {}", quote(&event.id)));
            }
            words
        }
        Seen::Comment(text) => format!("comment {}", quote(text)),
        Seen::Retry(time) => format!("a retry of {time} ms"),
        Seen::Violation(what) | Seen::Remark(what) | Seen::Broken(what) => what.clone(),
        Seen::End => "the end of the body".into(),
        Seen::Closed => "the server closed its side of the connection".into(),
    }
}

/// A response, with these header fields.
pub(in crate::session) fn response<'n>(
    head: &ResponseHead,
    names: impl IntoIterator<Item = &'n str>,
) -> String {
    let mut words = vec![format!("a response {}", head.status)];
    for name in names {
        let values: Vec<String> =
            head.values(name).map(|value| quote(&String::from_utf8_lossy(value))).collect();
        words.push(match values.as_slice() {
            [] => format!("without {name}"),
            [one] => format!("with {name}: {one}"),
            many => format!("with {} fields {name}: {}", many.len(), many.join(", ")),
        });
    }
    words.join(", ")
}

/// A refusal.
pub(in crate::session) fn refused(message: &str) -> String {
    server_shown(&ServerObservation::Refused { message: message.into() })
}

/// A request, with the fields that it has.
pub(in crate::session) fn request(target: &Target, request: &Request) -> String {
    let version = match request.http {
        Http::Http10 => "HTTP/1.0",
        Http::Http11 => "HTTP/1.1",
        Http::Http2 => "HTTP/2",
    };
    let fields: Vec<String> = super::outlet::fields(target, request)
        .into_iter()
        .map(|(name, value)| format!("{name}: {}", quote(&value)))
        .collect();
    format!("{} {} {version} with {}", request.method, target.path, fields.join(", "))
}
