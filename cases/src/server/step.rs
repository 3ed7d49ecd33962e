//! The steps of server cases.

use std::time::Duration;

use ssespec_mock_server::action::Repeat;

use crate::grammar::fact::Fact;
use crate::grammar::fields::FieldExpectation;
use crate::grammar::measure::Measurement;
use crate::step::{ScriptStep, Step};

/// The stream of a step that names none.
pub const DEFAULT_STREAM: &str = "a";

/// A step of a server case.
#[derive(Debug, Clone)]
pub enum ServerStep {
    /// The harness opens a stream.
    Request(Box<Request>),
    /// The harness starts reading this stream, which it has not read so far.
    Read(String),
    /// The server is ordered to send something.
    Emit(Emission),
    /// The same, without waiting until the adapter reports the streams of the last request: it may be sent before they are
    /// opened, while they are, or after.
    EmitEarly(Emission),
    /// The server is ordered to send the same thing this many times; each must be accepted.
    EmitRepeat(Emission, u64),
    /// The server is ordered to end the session's streams cleanly.
    End,
    /// The server is ordered to answer all further requests with 204.
    Stop,
    /// The server is ordered to shut down gracefully.
    Shutdown,
    /// The harness leaves a stream.
    HangUp(HangUp),
    /// The harness does nothing for this long.
    Wait(Duration),
    /// This must be observed next.
    Expect(Expected),
    /// One of these sequences must be observed next.
    OneOf(Vec<Vec<Step<Expected>>>),
    /// A fact is recorded for the report; cannot fail.
    Record(Fact<ServerFact>),
    /// Work is measured.
    Measure(Measurement),
}

impl ServerStep {
    /// What may be observed at this step, in all alternatives.
    pub fn expectations(&self) -> Vec<&Expected> {
        match self {
            Self::Expect(expected) => vec![expected],
            Self::OneOf(alternatives) => alternatives.iter().flatten().map(|step| &step.kind).collect(),
            _ => Vec::new(),
        }
    }

    /// The length of the longest data that the step emits or expects, in bytes.
    pub fn longest_data(&self) -> u64 {
        match self {
            Self::Emit(Emission::Event { data, .. })
            | Self::EmitEarly(Emission::Event { data, .. })
            | Self::EmitRepeat(Emission::Event { data, .. }, _) => data.length(),
            _ => {
                let expected = self.expectations().into_iter().filter_map(|expected| match expected {
                    Expected::Event(event) => Some(event.data.as_ref()?.length()),
                    _ => None,
                });
                expected.max().unwrap_or_default()
            }
        }
    }
}

impl ScriptStep for ServerStep {
    fn measurement(&self) -> Option<Measurement> {
        match self {
            Self::Measure(measurement) => Some(*measurement),
            _ => None,
        }
    }

    fn alternatives(&self) -> Option<usize> {
        match self {
            Self::OneOf(alternatives) => Some(alternatives.len()),
            _ => None,
        }
    }

    fn recorded_alternatives(&self) -> Option<&[String]> {
        match self {
            Self::Record(Fact { of: ServerFact::Alternative { names }, .. }) => Some(names),
            _ => None,
        }
    }
}

/// Where a fact about a server comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerFact {
    /// This header field of the last response.
    Header(String),
    /// The alternative that the last `expect-one-of` took.
    Alternative {
        /// The names of the alternatives in the report, in order; if empty, their words are their names.
        names: Vec<String>,
    },
}

/// The request for a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Header fields in addition to those that every client sends; a field replaces one of the same name.
    pub headers: Vec<(String, String)>,
    /// The value of Last-Event-ID; not sent if absent.
    pub last_event_id: Option<String>,
    /// The content, if there is any.
    pub body: Option<String>,
    /// The name of the stream.
    pub stream: String,
    /// How many streams are opened under this name.
    pub count: u64,
    /// When the stream is read.
    pub reading: Reading,
    /// The version of HTTP.
    pub http: Http,
    /// The connection.
    pub connection: ConnectionChoice,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            headers: Vec::new(),
            last_event_id: None,
            body: None,
            stream: DEFAULT_STREAM.into(),
            count: 1,
            reading: Reading::AsItComes,
            http: Http::Http11,
            connection: ConnectionChoice::Own,
        }
    }
}

/// When a stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As its bytes arrive.
    AsItComes,
    /// Only after a `read` step.
    OnDemand,
}

ssespec_diagnostics::words! {
    /// A version of HTTP.
    #[derive(Default)]
    pub enum Http {
        /// HTTP/1.0
        Http10 = "1.0",
        /// HTTP/1.1
        #[default]
        Http11 = "1.1",
        /// HTTP/2 over cleartext TCP, with prior knowledge,
        /// <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>.
        Http2 = "2",
    }
}

ssespec_diagnostics::words! {
    /// On which connection a stream over HTTP/2 is opened.
    #[derive(Default)]
    pub enum ConnectionChoice {
        /// One of its own.
        #[default]
        Own = "own",
        /// The one that all such streams of the case share.
        Shared = "shared",
    }
}

/// What the server is ordered to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Emission {
    /// An event.
    Event {
        /// Its type; not passed to the API if absent.
        kind: Option<String>,
        /// Its data.
        data: EmittedData,
        /// Its id; not passed to the API if absent.
        id: Option<String>,
        /// A text instead of a reconnection time, for an API that accepts any value with an event.
        retry: Option<String>,
    },
    /// A comment.
    Comment(String),
    /// The reconnection time, in milliseconds.
    Retry(u64),
}

/// The data of an event that is emitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmittedData {
    /// This text.
    Text(String),
    /// A text, repeated.
    Repeat(Repeat),
}

impl EmittedData {
    /// The complete data.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Repeat(repeat) => {
                let pattern = String::from_utf8_lossy(&repeat.pattern);
                pattern.repeat(usize::try_from(repeat.times).unwrap_or_default())
            }
        }
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Repeat(repeat) => repeat.total(),
        }
    }
}

/// How the harness leaves a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HangUp {
    /// In which way.
    pub how: Leaving,
    /// The stream.
    pub stream: String,
}

ssespec_diagnostics::words! {
    /// In which way the harness leaves a stream.
    pub enum Leaving {
        /// It closes the connection: FIN.
        Fin = "fin",
        /// It resets the connection, or the stream in HTTP/2.
        Reset = "reset",
        /// It closes its own direction of the connection (FIN), keeps the socket, and reads nothing more.
        HalfClose = "half-close",
    }
}

/// What must be observed next. A field that is not given is not compared.
#[derive(Debug, Clone)]
pub enum Expected {
    /// The head of a response.
    Response(Box<ResponseExpected>),
    /// An event.
    Event(Box<EventExpected>),
    /// A comment.
    Comment {
        /// The stream.
        stream: String,
        /// Everything after the colon, except one leading space.
        text: Option<String>,
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// The stream sets its reconnection time.
    Retry {
        /// The stream.
        stream: String,
        /// The reconnection time in milliseconds.
        milliseconds: u64,
    },
    /// The body ends cleanly.
    End {
        /// The stream.
        stream: String,
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// The connection breaks, or ends before the body does.
    Break {
        /// The stream.
        stream: String,
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// The server closes its side of the connection of a stream that was left by half-close.
    Disconnect {
        /// The stream.
        stream: String,
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
    /// The server accepted the last emission.
    Emitted,
    /// The server refused the last emission.
    Refused,
    /// The server reports that a stream was opened.
    Connected {
        /// The Last-Event-ID that it reports.
        last_event_id: Option<String>,
    },
    /// The server reports that a client has disconnected.
    Disconnected {
        /// How long to wait for it, if not the usual time.
        within: Option<Duration>,
    },
}

/// What the head of a response must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseExpected {
    /// The response to the request for this stream.
    pub stream: String,
    /// Its status.
    pub status: Option<u16>,
    /// Header fields by name.
    pub headers: Vec<(String, FieldExpectation)>,
    /// How long to wait for it, if not the usual time.
    pub within: Option<Duration>,
}

/// What an event on a stream must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventExpected {
    /// The stream.
    pub stream: String,
    /// The type that a client dispatches.
    pub kind: Option<String>,
    /// The data.
    pub data: Option<EmittedData>,
    /// The last event ID that a client exposes with it.
    pub id: Option<String>,
    /// How many such events must come in a row.
    pub times: u64,
    /// How long to wait for each, if not the usual time.
    pub within: Option<Duration>,
}

impl Expected {
    /// Whether it is the answer to an `emit`.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Emitted | Self::Refused)
    }

    /// How long to wait for it, if not the usual time.
    pub fn within(&self) -> Option<Duration> {
        match self {
            Self::Response(response) => response.within,
            Self::Event(event) => event.within,
            Self::Comment { within, .. }
            | Self::End { within, .. }
            | Self::Break { within, .. }
            | Self::Disconnect { within, .. }
            | Self::Disconnected { within } => *within,
            Self::Retry { .. } | Self::Emitted | Self::Refused | Self::Connected { .. } => None,
        }
    }

    /// The stream that it is about, if any.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::Response(response) => Some(&response.stream),
            Self::Event(event) => Some(&event.stream),
            Self::Comment { stream, .. }
            | Self::Retry { stream, .. }
            | Self::End { stream, .. }
            | Self::Break { stream, .. }
            | Self::Disconnect { stream, .. } => Some(stream),
            Self::Emitted | Self::Refused | Self::Connected { .. } | Self::Disconnected { .. } => None,
        }
    }
}
