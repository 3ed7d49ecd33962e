//! Three streams on one HTTP/2 connection: one that stays open, one that is reset, and one that is opened after the reset.

use std::time::Duration;

use ssespec_reports::results::Row;

use ssespec_strict::http2::fields::Field;

use super::session::{MAX_CONCURRENT_STREAMS, NoHttp2, Session, StreamResponse};
use crate::options::Options;
use crate::outcome::Breach;

/// How long to wait for events.
pub(crate) const EVENTS: Duration = Duration::from_millis(2000);

/// How long the connection is observed at least.
const MOMENT: Duration = Duration::from_millis(1500);

/// Three streams on one HTTP/2 connection.
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
    /// The stream that is opened after the reset.
    pub(crate) later: Http2Response,
    /// The server's SETTINGS_MAX_CONCURRENT_STREAMS.
    pub(crate) max_concurrent_streams: Option<u32>,
    /// Why the connection ended, if it did.
    pub(crate) connection_end: Option<String>,
    /// How long the connection was observed.
    pub(crate) duration: Duration,
}

/// A response on one stream.
#[derive(Debug, Default)]
pub(crate) struct Http2Response {
    /// The fields of the final head; `None` if there was none.
    pub(crate) fields: Option<Vec<Field>>,
    pub(crate) status: Option<u16>,
    pub(crate) content_type: Option<String>,
    /// The error code of an RST_STREAM.
    pub(crate) reset_code: Option<u32>,
    /// How many events came.
    pub(crate) events: usize,
    /// Whether a field of the head is not allowed in HTTP/2, so that clients reject the response.
    pub(crate) is_malformed: bool,
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
            reset_code: response.reset,
            events: response.blocks.iter().filter(|block| block.is_event()).count(),
            is_malformed: response.is_malformed(),
        }
    }
}

/// Opens the connection and its three streams.
pub(crate) async fn observe(options: &Options, path: &str) -> Result<Http2Observation, NoHttp2> {
    let mut session = Session::open(options).await?;
    let kept = session.ask(options, path).await?;
    let reset = session.ask(options, path).await?;
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
    session.cancel(reset).await;
    let later = session.ask(options, path).await.ok();
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| later.is_none_or(|later| has_head(session, later))).await;
    // A stream that is cut after a moment is not kept.
    let moment = MOMENT.saturating_sub(session.elapsed()) + session.elapsed();
    session
        .until(moment, |session| {
            session.responses.get(&kept).is_some_and(|response| response.reset.is_some())
        })
        .await;
    Ok(Http2Observation {
        request: format!("{} {path} over HTTP/2", options.method().name()),
        kept: Http2Response::of(session.responses.get(&kept)),
        reset_stream: reset,
        later: Http2Response::of(later.and_then(|later| session.responses.get(&later))),
        max_concurrent_streams: session.settings.get(&MAX_CONCURRENT_STREAMS).copied(),
        connection_end: session.over.clone(),
        duration: session.elapsed(),
        rows: session.rows,
    })
}
