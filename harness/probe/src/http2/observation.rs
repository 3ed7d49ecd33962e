//! Three streams on one HTTP/2 connection: one that stays open, one that is reset, and one that is opened after the reset.

use std::time::Duration;

use ssespec_reports::results::Row;

use super::session::{Answer, MAX_CONCURRENT_STREAMS, Session};
use crate::options::Options;
use crate::outcome::Breach;

/// How long to wait for events.
pub(crate) const EVENTS: Duration = Duration::from_millis(2000);

/// A field of a response: its name and value.
pub(crate) type Field = (Vec<u8>, Vec<u8>);

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
}

/// The server does not speak HTTP/2, or the requests cannot be sent over it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no HTTP/2: {0}")]
pub(crate) struct NoHttp2(String);

impl Http2Observation {
    /// A breach that this connection shows.
    pub(crate) fn breach(&self, expected: impl Into<String>, observed: impl Into<String>) -> Breach {
        Breach {
            requests: self.request.clone(),
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            rows: self.rows.clone(),
            has_late_response: false,
            may_be_refusal: false,
        }
    }
}

impl Http2Response {
    fn of(answer: Option<&Answer>) -> Self {
        let Some(answer) = answer else { return Self::default() };
        Self {
            fields: answer.fields.clone(),
            status: answer.status(),
            content_type: answer.value("content-type"),
            reset_code: answer.reset,
            events: answer.blocks.iter().filter(|block| block.is_event()).count(),
        }
    }
}

/// Opens the connection and its three streams.
pub(crate) async fn observe(options: &Options, path: &str) -> Result<Http2Observation, NoHttp2> {
    let mut session = Session::open(options).await.map_err(NoHttp2)?;
    let kept = session.ask(options, path).await;
    let reset = session.ask(options, path).await;
    let has_head = |session: &Session, stream| {
        session.answers.get(&stream).is_some_and(|answer| answer.fields.is_some() || answer.reset.is_some())
    };
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| has_head(session, kept) && has_head(session, reset)).await;
    let limit = session.elapsed() + EVENTS;
    let has_event = |session: &Session| {
        session.answers.get(&kept).is_some_and(|answer| answer.blocks.iter().any(|block| block.is_event()))
    };
    session.until(limit, has_event).await;
    session.cancel(reset).await;
    let later = session.ask(options, path).await;
    let limit = session.elapsed() + options.timeout;
    session.until(limit, |session| has_head(session, later)).await;
    Ok(Http2Observation {
        request: format!("{} {path} over HTTP/2", options.method().name()),
        kept: Http2Response::of(session.answers.get(&kept)),
        reset_stream: reset,
        later: Http2Response::of(session.answers.get(&later)),
        max_concurrent_streams: session.settings.get(&MAX_CONCURRENT_STREAMS).copied(),
        connection_end: session.over.clone(),
        duration: session.elapsed(),
        rows: session.rows,
    })
}
