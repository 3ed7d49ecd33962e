//! Observations in words; the case format puts expectations into words.

use std::time::Duration;

pub(super) use ssespec_cases::quote::quote;
use ssespec_mock_server::action::http2::ErrorCode;
use ssespec_mock_server::wire::{Departure, Exchange, Request};

use crate::protocol::page::{Exception, ScriptResult};
use crate::protocol::server::ServerObservation;
use crate::protocol::{Event, Observation};

/// The values of a header field, as a fact records them.
pub(super) fn field_values<'v>(values: impl Iterator<Item = &'v [u8]>) -> String {
    let values: Vec<_> = values.map(String::from_utf8_lossy).collect();
    if values.is_empty() { "absent".into() } else { values.join(", ") }
}

/// A request with these header fields.
pub(super) fn request(request: &Request, names: impl IntoIterator<Item = String>) -> String {
    let mut words = vec![format!("{} {}", request.method, quote(&request.target))];
    for name in names {
        let values = request.header_as_sent(&name).map(|v| quote(&String::from_utf8_lossy(v)));
        let values: Vec<String> = values.collect();
        words.push(match values.as_slice() {
            [] => format!("without {name}"),
            [one] => format!("with {name}: {one}"),
            many => format!("with {} fields {name}: {}", many.len(), many.join(", ")),
        });
    }
    words.join(", ")
}

/// An observation.
pub(super) fn shown(shown: &Observation) -> String {
    match shown {
        Observation::Opened { ready_state: None } => "opened".into(),
        Observation::Opened { ready_state: Some(state) } => format!("opened while {}", state.word()),
        Observation::Event(event) => observed_event(event),
        Observation::Comment { text } => format!("comment {}", quote(text)),
        Observation::Error { message, ready_state } => {
            let state = ready_state.map(|state| format!(" while {}", state.word())).unwrap_or_default();
            if message.is_empty() {
                format!("an error{state}")
            } else {
                format!("an error{state}: {}", quote(message))
            }
        }
        Observation::State(state) => format!("state {}", state.word()),
        Observation::Refreshed => "refreshed".into(),
        Observation::Listening => "listening".into(),
        Observation::Script(result) => script_result(result),
        Observation::Report(text) => format!("the report {}", quote(text)),
        Observation::Exception(exception) => format!("the constructor throws {}", thrown(exception)),
        Observation::Server(shown) => server_shown(shown),
        Observation::Closed => "closed: the client has stopped".into(),
    }
}

/// The result of a script.
pub(super) fn script_result(result: &ScriptResult) -> String {
    match result {
        ScriptResult::Ran => "the script ran".into(),
        ScriptResult::Value(text) => format!("the value {}", quote(text)),
        ScriptResult::Threw(exception) => format!("it throws {}", thrown(exception)),
    }
}

/// An exception: its name, and the browser's message.
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
pub(super) fn shown_word(shown: &Observation) -> &'static str {
    match shown {
        Observation::Opened { .. } => "opened",
        Observation::Event(_) => "event",
        Observation::Comment { .. } => "comment",
        Observation::Error { .. } => "error",
        Observation::State(_) => "state",
        Observation::Refreshed => "refreshed",
        Observation::Listening => "listening",
        Observation::Script(_) => "script",
        Observation::Report(_) => "report",
        Observation::Exception(_) => "exception",
        Observation::Server(shown) => server_shown_word(shown),
        Observation::Closed => "closed",
    }
}

/// At most this many of the protocols that a client offers are shown.
const OFFERED: usize = 8;

/// The protocols that a client offered in the TLS handshake of a request's connection.
pub(super) fn offered(exchange: &Exchange) -> String {
    match exchange.offered_protocols() {
        [] => "nothing".into(),
        offered => offered.iter().take(OFFERED).map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

pub(super) fn departure(how: Departure) -> String {
    match how {
        Departure::Fin => "fin".into(),
        Departure::Reset => "reset".into(),
        Departure::ResetStream(code) => reset_stream(code),
        Departure::Failed(_) => "lost".into(),
    }
}

/// RST_STREAM with a code.
fn reset_stream(code: u32) -> String {
    match ErrorCode::from_number(code) {
        Some(code) => format!("RST_STREAM ({code})"),
        None => format!("RST_STREAM ({code:#x})"),
    }
}

/// A report of a server's adapter.
pub(super) fn server_shown(shown: &ServerObservation) -> String {
    match shown {
        ServerObservation::Serving { url } => format!("serving at {}", quote(url)),
        ServerObservation::Connected { last_event_id: None } => "connected".into(),
        ServerObservation::Connected { last_event_id: Some(id) } => {
            format!("connected with the last event ID {}", quote(id))
        }
        ServerObservation::Disconnected => "disconnected".into(),
        ServerObservation::Emitted => "emitted".into(),
        ServerObservation::Refused { message } if message.is_empty() => "refused".into(),
        ServerObservation::Refused { message } => format!("refused: {}", quote(message)),
        ServerObservation::Stopped => "stopped".into(),
    }
}

/// The kind of a transcript row.
fn server_shown_word(shown: &ServerObservation) -> &'static str {
    match shown {
        ServerObservation::Serving { .. } => "serving",
        ServerObservation::Connected { .. } => "connected",
        ServerObservation::Disconnected => "disconnected",
        ServerObservation::Emitted => "emitted",
        ServerObservation::Refused { .. } => "refused",
        ServerObservation::Stopped => "stopped",
    }
}

/// A time in words.
pub(super) fn time(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}
