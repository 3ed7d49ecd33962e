//! Protocol 1: the messages between the harness and an adapter, one JSON object a line.
//!
//! After `hello` every message carries the number of its session. Words are the DOM's where it has one.

mod event;
pub mod page;
pub mod serving;

use serde::{Deserialize, Serialize};
use ssespec_cases::client::{Moment, ReadyState};

pub use self::event::Event;
use self::page::{Exception, Place, ScriptResult};
use self::serving::{Fields, ServerOrder, ServerShown};

#[cfg(test)]
mod tests;

/// The version of the protocol that this harness speaks.
pub const PROTOCOL: u32 = 1;

/// The longest line that an adapter may write, in bytes (64 MiB).
pub const LINE_LIMIT: usize = 64 * 1024 * 1024;

/// What an adapter says first: who it is and what its implementation's API can reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol that the adapter speaks; must be [`PROTOCOL`].
    pub protocol: u32,
    /// `client` or `server`.
    pub role: String,
    /// The implementation's name, as its users know it.
    pub name: String,
    /// The implementation's version.
    #[serde(default)]
    pub version: String,
    /// The language it is written in.
    #[serde(default)]
    pub language: String,
    /// Capabilities by their names; unknown names are refused with a hint.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// The types of the events that a server sends by itself, on every stream; nobody has told it to, and no case
    /// expects them.
    #[serde(default, rename = "ownEvents")]
    pub own_events: Vec<String>,
}

/// The handler in which the implementation's user calls `close()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CloseIn {
    /// That of `open`.
    Opened,
    /// That of the first event.
    Event,
    /// That of `error`.
    Error,
}

impl From<Moment> for CloseIn {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Opened => Self::Opened,
            Moment::Event => Self::Event,
            Moment::Error => Self::Error,
        }
    }
}

/// The order to connect: what a user of the implementation would pass to its constructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectRequest {
    /// Where to connect.
    pub url: String,
    /// The event types that the stream will carry, for APIs that need to be told.
    #[serde(default)]
    pub types: Vec<String>,
    /// Request headers to send, in this order.
    #[serde(default, with = "ordered")]
    pub headers: Vec<(String, String)>,
    /// The last event ID to start from; empty for none.
    #[serde(default)]
    pub last_event_id: String,
    /// The request method.
    #[serde(default = "get")]
    pub method: String,
    /// The request body; empty for none.
    #[serde(default)]
    pub body: String,
    /// Whether to send credentials to other origins.
    #[serde(default)]
    pub with_credentials: bool,
    /// Where the implementation shall call `close()` by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_in: Option<CloseIn>,
}

fn get() -> String {
    "GET".into()
}

/// Headers as a JSON object whose order is kept.
mod ordered {
    use serde::de::{MapAccess, Visitor};
    use serde::ser::SerializeMap;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(headers: &[(String, String)], to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(headers.len()))?;
        for (name, value) in headers {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
        struct Headers;
        impl<'de> Visitor<'de> for Headers {
            type Value = Vec<(String, String)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of header names and values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut headers = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    headers.push(entry);
                }
                Ok(headers)
            }
        }
        from.deserialize_map(Headers)
    }
}

/// What the harness tells an adapter to do, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Connect and report what is seen until `closed`.
    Connect(Box<ConnectRequest>),
    /// The same for a page: what scripts know goes along.
    ConnectIn(Box<ConnectRequest>, Place),
    /// Begin a session in which scripts construct what they need.
    Enter(Place),
    /// Run statements of JavaScript.
    Run(String),
    /// Evaluate an expression of JavaScript.
    Evaluate(String),
    /// Tear down by any means and answer `closed`.
    Close,
    /// Answer with the present state.
    State,
    /// What only a server's adapter is told.
    Serving(ServerOrder),
}

/// What an implementation showed, in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The connection was announced as open.
    Opened {
        /// The state inside the handler, where the API shows one.
        ready_state: Option<ReadyState>,
    },
    /// An event was dispatched.
    Event(Event),
    /// A comment was shown; `text` is all that follows the colon.
    Comment {
        /// All that follows the colon.
        text: String,
    },
    /// An error was reported.
    Error {
        /// The implementation's words; empty where it has none.
        message: String,
        /// The state inside the handler, where the API shows one.
        ready_state: Option<ReadyState>,
    },
    /// The answer to [`Order::State`].
    State(ReadyState),
    /// The answer to [`Order::Run`] or [`Order::Evaluate`].
    Script(ScriptResult),
    /// A script called `report()`.
    Report(String),
    /// The constructor threw.
    Exception(Exception),
    /// What only a server's adapter tells.
    Serving(ServerShown),
    /// The session is over; nothing of it may follow.
    Closed,
}

/// An order to connect with what scripts know, in one object.
#[derive(Serialize)]
struct BothOf<'a> {
    #[serde(flatten)]
    request: &'a ConnectRequest,
    #[serde(flatten)]
    place: &'a Place,
}

impl Order {
    /// The order as a line of the protocol, with its line end.
    pub fn to_line(&self, session: u64) -> String {
        let body = match self {
            Self::Connect(request) => serde_json::json!({ "session": session, "connect": request }),
            Self::ConnectIn(request, place) => serde_json::json!({
                "session": session,
                "connect": BothOf { request, place },
            }),
            Self::Enter(place) => serde_json::json!({ "session": session, "enter": place }),
            Self::Run(script) => serde_json::json!({ "session": session, "run": { "script": script } }),
            Self::Evaluate(script) => {
                serde_json::json!({ "session": session, "evaluate": { "script": script } })
            }
            Self::Close => serde_json::json!({ "session": session, "close": {} }),
            Self::State => serde_json::json!({ "session": session, "state": {} }),
            Self::Serving(order) => order.to_json(session),
        };
        format!("{body}\n")
    }
}

/// A line that an adapter wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Its introduction.
    Hello(Hello),
    /// What its implementation showed in a session.
    Shown(u64, Shown),
}

/// A line that is not of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: {line}")]
pub struct NotProtocol {
    /// What is wrong with it.
    pub problem: String,
    /// The line, made printable and cut.
    pub line: String,
}

/// What a line that is not of the protocol was meant as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// An introduction.
    Hello,
    /// A message of a session.
    Message,
    /// A text for people.
    Text,
}

impl NotProtocol {
    /// What the line was meant as.
    pub(crate) fn meant(&self) -> Meant {
        let line = self.line.trim_start();
        if !line.starts_with('{') {
            Meant::Text
        } else if line.contains("\"hello\"") {
            Meant::Hello
        } else {
            Meant::Message
        }
    }
}

/// The form of a line: exactly one message beside the session's number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    session: Option<u64>,
    hello: Option<Hello>,
    opened: Option<OpenedShown>,
    event: Option<Event>,
    comment: Option<Comment>,
    error: Option<ErrorShown>,
    state: Option<StateShown>,
    closed: Option<Empty>,
    ran: Option<page::Ran>,
    value: Option<page::Value>,
    report: Option<page::Report>,
    exception: Option<Exception>,
    serving: Option<serving::Serving>,
    connected: Option<serving::Connected>,
    disconnected: Option<Empty>,
    emitted: Option<Empty>,
    refused: Option<serving::Refused>,
    stopped: Option<Empty>,
}

#[derive(Debug, Deserialize)]
struct Empty {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comment {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OpenedShown {
    ready_state: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ErrorShown {
    #[serde(default)]
    message: String,
    ready_state: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StateShown {
    ready_state: u64,
}

impl Message {
    /// Reads a line of an adapter.
    ///
    /// # Errors
    /// When it is not of the protocol; the error says what is wrong with it.
    pub fn from_line(line: &[u8]) -> Result<Self, NotProtocol> {
        let wrong = |problem: String| NotProtocol { problem, line: excerpt(line) };
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(wrong("not a JSON object".into()));
        }
        let text = str::from_utf8(line)
            .map_err(|error| wrong(format!("not UTF-8 after {} bytes", error.valid_up_to())))?;
        let parsed: Line = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => wrong(format!("not a message of the protocol ({error})")),
            _ => wrong(format!("not JSON ({error})")),
        })?;
        let Line { session, hello, opened, event, comment, error, state, closed, .. } = parsed;
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
        let number = |n: u64| ReadyState::from_number(n).ok_or_else(|| wrong(format!("no readyState {n}")));
        let mut shown = Vec::new();
        if let Some(opened) = opened {
            shown.push(Shown::Opened { ready_state: opened.ready_state.map(number).transpose()? });
        }
        shown.extend(event.map(Shown::Event));
        shown.extend(comment.map(|c| Shown::Comment { text: c.text }));
        if let Some(error) = error {
            let ready_state = error.ready_state.map(number).transpose()?;
            shown.push(Shown::Error { message: error.message, ready_state });
        }
        if let Some(state) = state {
            shown.push(Shown::State(number(state.ready_state)?));
        }
        shown.extend(ran.map(|ran| Shown::Script(ran.into())));
        if let Some(value) = value {
            let neither = || wrong("a value is either a text or an exception".into());
            shown.push(Shown::Script(value.result().ok_or_else(neither)?));
        }
        shown.extend(report.map(|report| Shown::Report(report.text)));
        shown.extend(exception.map(Shown::Exception));
        shown.extend(of_a_server.shown().map(Shown::Serving));
        shown.extend(closed.map(|_| Shown::Closed));
        let Some(session) = session else {
            return Err(wrong("the session's number is missing".into()));
        };
        match (shown.pop(), shown.is_empty()) {
            (Some(one), true) => Ok(Self::Shown(session, one)),
            (None, _) => Err(wrong("a line without a message".into())),
            (Some(_), false) => Err(wrong("more than one message in a line".into())),
        }
    }
}

/// The most bytes of a line that a message of ours repeats.
const EXCERPT: usize = 200;

/// The start of a line, printable.
pub(crate) fn excerpt(line: &[u8]) -> String {
    let kept = line.get(..EXCERPT).unwrap_or(line);
    let printable = ssespec_reports::transcript::escape(kept).text;
    match line.len() - kept.len() {
        0 => printable,
        more => format!("{printable}… and {more} bytes more"),
    }
}
