//! What was recorded.

use std::time::Duration;

use super::events::read_events;
use crate::action::Framing;

/// The responses to a request and to its repetitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The method of the requests.
    pub method: String,
    /// The path and query of the requests.
    pub target: String,
    /// The responses, in order.
    pub responses: Vec<RecordedResponse>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedResponse {
    /// The Last-Event-ID of its request.
    pub last_event_id: Option<String>,
    /// The time from the request to the head.
    pub head_at: Duration,
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The header fields, in order.
    pub headers: Vec<(String, String)>,
    /// How its end is signaled.
    pub framing: Framing,
    /// The writes to the body.
    pub writes: Vec<RecordedWrite>,
    /// How it ended.
    pub end: RecordedEnd,
}

/// A write to the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedWrite {
    /// The time from the head of the response.
    pub at: Duration,
    /// The bytes: a chunk, or what one read returned if the body has no chunks.
    pub bytes: Vec<u8>,
}

/// How a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedEnd {
    /// It did not; recording stopped.
    Open,
    /// As its framing requires, this long after the head.
    Clean(Duration),
    /// With FIN in the middle of the body.
    Fin(Duration),
    /// With RST.
    Reset(Duration),
}

/// With what a client returns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumption {
    /// The last event ID; `None` if no event had one.
    pub last_event_id: Option<String>,
    /// The reconnection time, if the stream set one.
    pub retry: Option<Duration>,
}

impl RecordedResponse {
    /// The body.
    pub fn body(&self) -> Vec<u8> {
        self.writes.iter().flat_map(|write| write.bytes.iter().copied()).collect()
    }

    /// How a client resumes after this response; `None` if it does not: the response was not an event stream, or has not
    /// ended.
    pub fn resumption(&self) -> Option<Resumption> {
        let is_stream = self.status == 200 && self.end != RecordedEnd::Open;
        is_stream.then(|| {
            let events = read_events(&self.body());
            let last_event_id = events.last_event_id.or_else(|| self.last_event_id.clone());
            Resumption { last_event_id: last_event_id.filter(|id| !id.is_empty()), retry: events.retry }
        })
    }
}
