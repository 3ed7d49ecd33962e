//! What the scripts of server cases hold: the implementation sends, and the harness is the client.
//!
//! A session is one topic: the implementation serves a URL, and every stream that is opened there gets every event
//! that is emitted afterwards.
//!
//! - `shape`: how such steps are written in TOML
//! - `read`: reading them
//! - [`script`]: the implied steps
//! - [`words`]: what is done and expected, in words
//! - `lint`: mistakes that the format allows

pub(crate) mod lint;
mod read;
pub mod script;
mod shape;
pub mod words;

use std::time::Duration;

use ssespec_mock_server::action::{Drop, Repeat};

pub(crate) use self::read::read;
pub(crate) use self::shape::{SERVER_CASE, STEPS};
use crate::case::{FieldExpectation, Step};

/// The stream that a step is about where it names none.
pub const DEFAULT_STREAM: &str = "a";

/// A step of a server case.
#[derive(Debug, Clone)]
pub enum Serving {
    /// A stream is opened.
    Request(Box<Request>),
    /// What was not read until now of this stream is read from here on.
    Read(String),
    /// The implementation is handed something to send.
    Emit(Emission),
    /// The same, so often, one after another; each must be taken.
    EmitRepeat(Emission, u64),
    /// The implementation ends the session's streams in order.
    End,
    /// The implementation answers requests with 204 from now on.
    Stop,
    /// The implementation's server is shut down gracefully.
    Shutdown,
    /// The harness leaves a stream.
    HangUp(HangUp),
    /// Nothing is done for this long.
    Wait(Duration),
    /// Must be observed next.
    Expect(Expected),
}

/// The request for a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Header fields beside those that every client sends; one of the same name replaces it.
    pub headers: Vec<(String, String)>,
    /// The value of Last-Event-ID, which is not sent where absent.
    pub last_event_id: Option<String>,
    /// The name of the stream.
    pub stream: String,
    /// How many streams are opened, all of this name.
    pub count: u64,
    /// Whether its bytes are read as they come.
    pub reading: Reading,
    /// The version of HTTP.
    pub http: Http,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            headers: Vec::new(),
            last_event_id: None,
            stream: DEFAULT_STREAM.into(),
            count: 1,
            reading: Reading::AsItComes,
            http: Http::Http11,
        }
    }
}

/// When a stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As its bytes come.
    AsItComes,
    /// Not before a `read` says so.
    OnDemand,
}

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Http {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2 in clear text, with prior knowledge,
    /// <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>.
    Http2,
}

/// What the implementation is handed to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Emission {
    /// An event.
    Event {
        /// Its type; not given to the API where absent.
        kind: Option<String>,
        /// Its data.
        data: EmittedData,
        /// Its id; not given to the API where absent.
        id: Option<String>,
        /// A text in place of a reconnection time, to an API that takes any value with an event.
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
    /// All of it.
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
    /// In order, or without a goodbye.
    pub how: Drop,
    /// Which stream.
    pub stream: String,
}

/// What must be observed next. A field that is not named is not compared.
#[derive(Debug, Clone)]
pub enum Expected {
    /// The head of a response.
    Response(Box<ResponseExpected>),
    /// An event.
    Event(Box<EventExpected>),
    /// A comment.
    Comment {
        /// On which stream.
        stream: String,
        /// All after the colon, but for one space there.
        text: Option<String>,
        /// How long to wait for it, where not the usual time.
        within: Option<Duration>,
    },
    /// The stream sets its reconnection time.
    Retry {
        /// Which stream.
        stream: String,
        /// To how many milliseconds.
        milliseconds: u64,
    },
    /// The body ends cleanly.
    End {
        /// That of this stream.
        stream: String,
        /// How long to wait for it, where not the usual time.
        within: Option<Duration>,
    },
    /// The connection breaks, or ends before the body does.
    Break {
        /// That of this stream.
        stream: String,
        /// How long to wait for it, where not the usual time.
        within: Option<Duration>,
    },
    /// The implementation took what it was handed last.
    Emitted,
    /// The implementation did not take what it was handed last.
    Refused,
    /// The implementation shows that a stream was opened.
    Connected {
        /// The Last-Event-ID that it shows.
        last_event_id: Option<String>,
    },
    /// The implementation shows that a client has left.
    Disconnected {
        /// How long to wait for it, where not the usual time.
        within: Option<Duration>,
    },
    /// One of these sequences.
    OneOf(Vec<Vec<Step>>),
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
    /// How long to wait for it, where not the usual time.
    pub within: Option<Duration>,
}

/// What an event on a stream must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventExpected {
    /// On which stream.
    pub stream: String,
    /// The type that a client dispatches.
    pub kind: Option<String>,
    /// The data.
    pub data: Option<EmittedData>,
    /// The last event ID that a client shows with it.
    pub id: Option<String>,
    /// How many such events must come, one after another.
    pub times: u64,
    /// How long to wait for each, where not the usual time.
    pub within: Option<Duration>,
}

impl Expected {
    /// Whether it is about the answer to an `emit`.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Emitted | Self::Refused)
    }

    /// The stream that it is about, where it is about one.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::Response(response) => Some(&response.stream),
            Self::Event(event) => Some(&event.stream),
            Self::Comment { stream, .. }
            | Self::Retry { stream, .. }
            | Self::End { stream, .. }
            | Self::Break { stream, .. } => Some(stream),
            Self::Emitted
            | Self::Refused
            | Self::Connected { .. }
            | Self::Disconnected { .. }
            | Self::OneOf(_) => None,
        }
    }
}
