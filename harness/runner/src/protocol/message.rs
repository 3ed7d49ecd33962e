//! Reading a line of an adapter.

use serde::Deserialize;
use ssespec_cases::client::ReadyState;

use super::empty::Empty;
use super::event::Event;
use super::hello::Hello;
use super::not_protocol::{LineProblem, NotProtocol, excerpt};
use super::observation::Observation;
use super::page::Exception;
use super::page_answers::{Ran, Report, Value};
use super::server_answers::{Connected, Fields, Refused, Serving};

#[cfg(test)]
mod tests;

/// A line that an adapter wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Its introduction.
    Hello(Hello),
    /// An observation in a session.
    Observation(u64, Observation),
}

/// The form of a line: exactly one message, and the number of the session.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageFields {
    session: Option<u64>,
    hello: Option<Hello>,
    opened: Option<OpenedMessage>,
    event: Option<Event>,
    comment: Option<Comment>,
    error: Option<ErrorMessage>,
    state: Option<StateMessage>,
    refreshed: Option<Empty>,
    closed: Option<Empty>,
    ran: Option<Ran>,
    value: Option<Value>,
    report: Option<Report>,
    exception: Option<Exception>,
    serving: Option<Serving>,
    connected: Option<Connected>,
    disconnected: Option<Empty>,
    emitted: Option<Empty>,
    refused: Option<Refused>,
    stopped: Option<Empty>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comment {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OpenedMessage {
    ready_state: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ErrorMessage {
    #[serde(default)]
    message: String,
    ready_state: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StateMessage {
    ready_state: u64,
}

impl Message {
    /// Reads a line of an adapter.
    ///
    /// # Errors
    /// If it is not a protocol message.
    pub fn from_line(line: &[u8]) -> Result<Self, NotProtocol> {
        let wrong = |problem: LineProblem| NotProtocol { problem, line: excerpt(line) };
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(wrong(LineProblem::NotAnObject));
        }
        let text = str::from_utf8(line)
            .map_err(|error| wrong(LineProblem::NotUtf8 { valid: error.valid_up_to() }))?;
        let parsed: MessageFields = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => wrong(LineProblem::NotAMessage(error.to_string())),
            _ => wrong(LineProblem::NotJson(error.to_string())),
        })?;
        let MessageFields { session, hello, opened, event, comment, error, state, closed, .. } = parsed;
        let (ran, value, report, exception) = (parsed.ran, parsed.value, parsed.report, parsed.exception);
        let of_a_server = Fields {
            serving: parsed.serving,
            connected: parsed.connected,
            disconnected: parsed.disconnected,
            emitted: parsed.emitted,
            refused: parsed.refused,
            stopped: parsed.stopped,
        };
        if let Some(hello) = hello {
            return Ok(Self::Hello(hello));
        }
        let number = |n: u64| ReadyState::from_number(n).ok_or_else(|| wrong(LineProblem::NoReadyState(n)));
        let mut shown = Vec::new();
        if let Some(opened) = opened {
            shown.push(Observation::Opened { ready_state: opened.ready_state.map(number).transpose()? });
        }
        shown.extend(event.map(Observation::Event));
        shown.extend(comment.map(|c| Observation::Comment { text: c.text }));
        if let Some(error) = error {
            let ready_state = error.ready_state.map(number).transpose()?;
            shown.push(Observation::Error { message: error.message, ready_state });
        }
        if let Some(state) = state {
            shown.push(Observation::State(number(state.ready_state)?));
        }
        shown.extend(parsed.refreshed.map(|_| Observation::Refreshed));
        shown.extend(ran.map(|ran| Observation::Script(ran.into())));
        if let Some(value) = value {
            let neither = || wrong(LineProblem::Value);
            shown.push(Observation::Script(value.result().ok_or_else(neither)?));
        }
        shown.extend(report.map(|report| Observation::Report(report.text)));
        shown.extend(exception.map(Observation::Exception));
        shown.extend(of_a_server.shown().map(Observation::Server));
        shown.extend(closed.map(|_| Observation::Closed));
        let Some(session) = session else {
            return Err(wrong(LineProblem::NoSession));
        };
        match (shown.pop(), shown.is_empty()) {
            (Some(one), true) => Ok(Self::Observation(session, one)),
            (None, _) => Err(wrong(LineProblem::NoMessage)),
            (Some(_), false) => Err(wrong(LineProblem::SeveralMessages)),
        }
    }
}
