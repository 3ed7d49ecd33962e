//! What was observed, in words; what is expected is put into words beside the case format.

use std::time::Duration;

pub(super) use ssespec_cases::quote::quote;
use ssespec_mock_server::wire::{Departure, Request};

use crate::protocol::page::{Exception, ScriptResult};
use crate::protocol::server::ServerShown;
use crate::protocol::{Event, Shown};

/// A request as it came, with these header fields.
pub(super) fn request(request: &Request, names: impl IntoIterator<Item = String>) -> String {
    let mut words = vec![format!("{} {}", request.method, quote(&request.target))];
    for name in names {
        let values: Vec<String> = request.header(&name).map(|v| quote(&String::from_utf8_lossy(v))).collect();
        words.push(match values.as_slice() {
            [] => format!("without {name}"),
            [one] => format!("with {name}: {one}"),
            many => format!("with {} fields {name}: {}", many.len(), many.join(", ")),
        });
    }
    words.join(", ")
}

/// What an implementation showed.
pub(super) fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Opened { ready_state: None } => "opened".into(),
        Shown::Opened { ready_state: Some(state) } => format!("opened while {}", state.word()),
        Shown::Event(event) => observed_event(event),
        Shown::Comment { text } => format!("comment {}", quote(text)),
        Shown::Error { message, ready_state } => {
            let state = ready_state.map(|state| format!(" while {}", state.word())).unwrap_or_default();
            if message.is_empty() {
                format!("an error{state}")
            } else {
                format!("an error{state}: {}", quote(message))
            }
        }
        Shown::State(state) => format!("state {}", state.word()),
        Shown::Script(result) => script_result(result),
        Shown::Report(text) => format!("the report {}", quote(text)),
        Shown::Exception(exception) => format!("the constructor throws {}", thrown(exception)),
        Shown::Server(shown) => server_shown(shown),
        Shown::Closed => "closed: the client has stopped".into(),
    }
}

/// What a script came to.
pub(super) fn script_result(result: &ScriptResult) -> String {
    match result {
        ScriptResult::Ran => "the script ran".into(),
        ScriptResult::Value(text) => format!("the value {}", quote(text)),
        ScriptResult::Threw(exception) => format!("it throws {}", thrown(exception)),
    }
}

/// An exception: its name, and the browser's words for it.
fn thrown(exception: &Exception) -> String {
    if exception.message.is_empty() {
        quote(&exception.name)
    } else {
        format!("{} ({})", quote(&exception.name), quote(&exception.message))
    }
}

fn observed_event(event: &Event) -> String {
    let mut parts = Vec::new();
    parts.extend(event.kind.as_ref().map(|kind| format!("type {}", quote(kind))));
    parts.extend(event.data.as_ref().map(|data| format!("data {}", quote(data))));
    parts.extend(event.data_base64.as_ref().map(|data| format!("data (base64) {}", quote(data))));
    parts.extend(event.id.as_ref().map(|id| format!("id {}", quote(id))));
    parts.extend(event.origin.as_ref().map(|origin| format!("origin {}", quote(origin))));
    parts.extend(event.ready_state.map(|state| format!("readyState {state}")));
    parts.extend(event.trusted.map(|trusted| format!("isTrusted {trusted}")));
    format!("event {}", parts.join(", "))
}

/// The kind of a transcript row.
pub(super) fn shown_word(shown: &Shown) -> &'static str {
    match shown {
        Shown::Opened { .. } => "opened",
        Shown::Event(_) => "event",
        Shown::Comment { .. } => "comment",
        Shown::Error { .. } => "error",
        Shown::State(_) => "state",
        Shown::Script(_) => "script",
        Shown::Report(_) => "report",
        Shown::Exception(_) => "exception",
        Shown::Server(shown) => server_shown_word(shown),
        Shown::Closed => "closed",
    }
}

pub(super) fn departure(how: Departure) -> &'static str {
    match how {
        Departure::Fin => "fin",
        Departure::Reset => "reset",
        _ => "lost",
    }
}

/// What an adapter said.
pub(super) fn server_shown(shown: &ServerShown) -> String {
    match shown {
        ServerShown::Serving { url } => format!("serving at {}", quote(url)),
        ServerShown::Connected { last_event_id: None } => "connected".into(),
        ServerShown::Connected { last_event_id: Some(id) } => {
            format!("connected with the last event ID {}", quote(id))
        }
        ServerShown::Disconnected => "disconnected".into(),
        ServerShown::Emitted => "emitted".into(),
        ServerShown::Refused { message } if message.is_empty() => "refused".into(),
        ServerShown::Refused { message } => format!("refused: {}", quote(message)),
        ServerShown::Stopped => "stopped".into(),
    }
}

/// The kind of a transcript row.
fn server_shown_word(shown: &ServerShown) -> &'static str {
    match shown {
        ServerShown::Serving { .. } => "serving",
        ServerShown::Connected { .. } => "connected",
        ServerShown::Disconnected => "disconnected",
        ServerShown::Emitted => "emitted",
        ServerShown::Refused { .. } => "refused",
        ServerShown::Stopped => "stopped",
    }
}

/// A time in words.
pub(super) fn time(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}
