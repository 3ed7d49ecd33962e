//! A record of an event source's earlier connections, read only by defects: by the standard, the next connection depends
//! only on the reconnection time and the last event ID.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use ssespec::protocol::ConnectRequest;

use crate::client::request::Request;
use crate::stream::interpreter::Interpreter;

/// What came before the current moment.
#[derive(Debug)]
pub(crate) struct Past {
    /// The origin of the first URL.
    pub(crate) first_origin: String,
    /// The last event ID and the header names that the user gave.
    pub(crate) initial_id: String,
    pub(crate) own_headers: Vec<String>,
    /// The user's header fields as they were set last.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether a connection was open before.
    pub(crate) was_open: bool,
    /// How many times the client has reconnected.
    pub(crate) reconnections: u32,
    /// How many attempts to connect have failed in a row.
    pub(crate) failed_attempts: u32,
    /// How the last body was delimited.
    pub(crate) framing: BodyFraming,
    /// The last stream.
    pub(crate) stream: Option<Interpreter>,
    /// Whether the last fetch was redirected.
    pub(crate) was_redirected: bool,
    /// Whether the last connection was reset.
    pub(crate) was_reset: bool,
    /// Whether a connection was so healthy that the client never waits again.
    pub(crate) ended_all_delays: bool,
    /// Whether the stream contained an event of type error since the last connection was open.
    pub(crate) had_error_event: bool,
    /// What the announcement of the open connection waits for.
    pub(crate) announcement: Announcement,
    /// Whether close() was called in a handler and takes effect at the end of the read.
    pub(crate) is_closing: bool,
    /// The delay that the next fetch waits before it starts.
    pub(crate) delay: Option<Duration>,
}

impl Past {
    pub(crate) fn new(options: &ConnectRequest, request: &Request) -> Self {
        Self {
            first_origin: request.url().origin(),
            initial_id: options.last_event_id.clone(),
            fields: options.headers.clone(),
            own_headers: options.headers.iter().map(|(name, _)| name.clone()).collect(),
            was_open: false,
            reconnections: 0,
            failed_attempts: 0,
            framing: BodyFraming::Chunked,
            stream: None,
            was_redirected: false,
            was_reset: false,
            ended_all_delays: false,
            had_error_event: false,
            announcement: Announcement::Made,
            is_closing: false,
            delay: None,
        }
    }
}

/// How a body is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFraming {
    Chunked,
    Sized,
    ToTheEnd,
    /// Sized, and of length 0.
    Empty,
}

impl BodyFraming {
    /// The framing of a response with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(CONTENT_LENGTH) {
            Some(length) if length == "0" => Self::Empty,
            Some(_) => Self::Sized,
            None if headers.contains_key(TRANSFER_ENCODING) => Self::Chunked,
            None => Self::ToTheEnd,
        }
    }
}

/// When an open connection is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Announcement {
    /// It was announced when the head of the response arrived.
    Made,
    /// When the first bytes of the body arrive.
    WithFirstBytes,
    /// After the first event.
    AfterFirstEvent,
}
