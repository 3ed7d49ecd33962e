//! Streams on one HTTP/2 connection: one that stays open, one that is reset, one that is opened after the reset, and one
//! that resumes the first.

use std::time::Duration;

use ssespec_reports::results::Row;

use ssespec_strict::Block;
use ssespec_strict::http2::fields::Field;

use super::session::{MAX_CONCURRENT_STREAMS, NoHttp2, Session, StreamResponse};
use crate::options::{Length, Options};
use crate::outcome::Breach;

/// How long to wait for events.
pub(crate) const EVENTS: Duration = Duration::from_millis(2000);

/// How long the connection is observed at least, in a short and in a full probe.
const MOMENT: (Duration, Duration) = (Duration::from_millis(1500), Duration::from_secs(5));

/// How long the other stream is watched after one was reset.
const REACTION: Duration = Duration::from_millis(300);

/// How many events with ids are awaited, to resume after the first of them.
const IDENTIFIED: usize = 2;

/// Streams on one HTTP/2 connection.
#[derive(Debug)]
pub(crate) struct Http2Observation {
    /// The requests, in words.
    request: String,
    /// The transcript.
    rows: Vec<Row>,
    /// The stream that stays open.
    pub(crate) kept: Http2Response,
    /// The number of the stream that is reset.
    pub(crate) reset_stream: u32,
    /// When it was reset; `None` if the server had reset the other stream, or ended the connection, before.
    pub(crate) reset_at: Option<Duration>,
    /// The stream that is opened after the reset.
    pub(crate) later: Http2Response,
    /// The stream that resumes the one that stays open, if there were ids.
    pub(crate) resumed: Option<Resumed>,
    /// The server's SETTINGS_MAX_CONCURRENT_STREAMS.
    pub(crate) max_concurrent_streams: Option<u32>,
    /// Why the connection ended, if it did.
    pub(crate) connection_end: Option<String>,
    /// How long the connection was observed.
    pub(crate) duration: Duration,
}

/// A stream that resumes another one.
#[derive(Debug)]
pub(crate) struct Resumed {
    /// The id in Last-Event-ID.
    pub(crate) last_event_id: String,
    /// The id after it on the stream that stays open.
    pub(crate) next: String,
    /// The ids that came.
    pub(crate) ids: Vec<String>,
}

impl Resumed {
    /// Whether the stream continued after the id. It may repeat that event.
    pub(crate) fn continued(&self) -> bool {
        let mut ids = self.ids.iter().skip_while(|id| **id == self.last_event_id);
        ids.next() == Some(&self.next)
    }
}

/// A response on one stream.
#[derive(Debug, Default)]
pub(crate) struct Http2Response {
    /// The fields of the final head; `None` if there was none.
    pub(crate) fields: Option<Vec<Field>>,
    pub(crate) status: Option<u16>,
    pub(crate) content_type: Option<String>,
    /// The error code of an RST_STREAM.
    pub(crate) reset: Option<u32>,
    /// Whether the server ended it.
    pub(crate) has_ended: bool,
    /// The events that came.
    pub(crate) events: Vec<Http2Event>,
    /// The values of `retry` that came.
    pub(crate) retries: Vec<String>,
    /// Whether a field of the head is not allowed in HTTP/2, so that clients reject the response.
    pub(crate) is_malformed: bool,
}

/// An event on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Http2Event {
    pub(crate) id: Option<String>,
    pub(crate) kind: String,
    pub(crate) data: String,
}

impl Http2Observation {
    /// A breach that this connection shows.
    pub(crate) fn breach(&self, expected: impl Into<String>, observed: impl Into<String>) -> Breach {
        Breach {
            requests: self.request.clone(),
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            rows: self.rows.clone(),
            vain_wait: None,
            is_about_time: false,
            may_be_refusal: false,
        }
    }
}

impl Http2Response {
    fn of(response: Option<&StreamResponse>) -> Self {
        let Some(response) = response else { return Self::default() };
        Self {
            fields: response.fields.clone(),
            status: response.status(),
            content_type: response.value("content-type"),
            reset: response.reset,
            has_ended: response.has_ended,
            events: events(response),
            retries: response.blocks.iter().filter_map(|block| block.retry.clone()).collect(),
            is_malformed: response.is_malformed(),
        }
    }
}

fn events(response: &StreamResponse) -> Vec<Http2Event> {
    let events = response.blocks.iter().filter(|block| block.is_event());
    let event = |block: &Block| Http2Event {
        id: block.id.clone(),
        kind: block.event.clone().unwrap_or_else(|| "message".into()),
        data: block.data.clone().unwrap_or_default(),
    };
    events.map(event).collect()
}

/// The ids of the events on a stream.
fn ids(session: &Session, stream: u32) -> Vec<String> {
    let events = session.responses.get(&stream).map(events).unwrap_or_default();
    events.into_iter().filter_map(|event| event.id.filter(|id| !id.is_empty())).collect()
}

/// Resumes a stream after the first id on it, and reads until the next one comes.
async fn resume(session: &mut Session, options: &Options, path: &str, stream: u32) -> Option<Resumed> {
    let known = ids(session, stream);
    let [last_event_id, next, ..] = known.as_slice() else { return None };
    let resumed = session.ask(options, path, Some(last_event_id)).await.ok()?;
    let limit = session.elapsed() + EVENTS;
    session.until(limit, |session| ids(session, resumed).iter().any(|id| id != last_event_id)).await;
    let ids = ids(session, resumed);
    session.cancel(resumed).await;
    Some(Resumed { last_event_id: last_event_id.clone(), next: next.clone(), ids })
}

/// Opens the connection and its streams.
pub(crate) async fn observe(options: &Options, path: &str) -> Result<Http2Observation, NoHttp2> {
    let mut session = Session::open(options).await?;
    let kept = session.ask(options, path, None).await?;
    let reset = session.ask(options, path, None).await?;
    let has_head = |session: &Session, stream| {
        session
            .responses
            .get(&stream)
            .is_some_and(|response| response.fields.is_some() || response.reset.is_some())
    };
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| has_head(session, kept) && has_head(session, reset)).await;
    let limit = session.elapsed() + EVENTS;
    let has_event = |session: &Session| {
        session
            .responses
            .get(&kept)
            .is_some_and(|response| response.blocks.iter().any(|block| block.is_event()))
    };
    session.until(limit, has_event).await;
    if !ids(&session, kept).is_empty() {
        let limit = session.elapsed() + EVENTS;
        session.until(limit, |session| ids(session, kept).len() >= IDENTIFIED).await;
    }
    let is_over = |session: &Session| {
        session.responses.get(&kept).is_some_and(|response| response.reset.is_some() || response.has_ended)
    };
    // A stream that is cut after a moment is not kept.
    let least = if options.length == Length::Full { MOMENT.1 } else { MOMENT.0 };
    let moment = least.max(session.elapsed());
    session.until(moment, is_over).await;
    let (mut reset_at, mut later) = (None, None);
    let is_reset = session.responses.get(&kept).is_some_and(|response| response.reset.is_some());
    if !is_reset && session.over.is_none() {
        reset_at = Some(session.elapsed());
        session.cancel(reset).await;
        later = session.ask(options, path, None).await.ok();
        let limit = session.elapsed() + options.timeout;
        session.until(limit, |session| later.is_none_or(|later| has_head(session, later))).await;
        let reaction = session.elapsed() + REACTION;
        session.until(reaction, is_over).await;
    }
    let is_kept = session.responses.get(&kept).is_some_and(|response| response.reset.is_none());
    let resumed = if is_kept { resume(&mut session, options, path, kept).await } else { None };
    Ok(Http2Observation {
        request: format!("{} {path} over HTTP/2", options.method().name()),
        kept: Http2Response::of(session.responses.get(&kept)),
        reset_stream: reset,
        reset_at,
        resumed,
        later: Http2Response::of(later.and_then(|later| session.responses.get(&later))),
        max_concurrent_streams: session.settings.get(&MAX_CONCURRENT_STREAMS).copied(),
        connection_end: session.over.clone(),
        duration: session.elapsed(),
        rows: session.rows,
    })
}
