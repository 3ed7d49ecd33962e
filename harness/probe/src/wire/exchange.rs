//! A request and the response to it.

use std::io;
use std::time::Duration;

use ssespec_reports::results::Row;
use ssespec_reports::transcript::escape;
use ssespec_reports::visible;
use ssespec_strict::http::Head;
use ssespec_strict::{Block, Comment, Finding, Terminators};

use super::block_fields::BlockFields;
use super::http2_stream::Failure;
use super::request::{Request, Version};
use crate::describe::seconds;
use crate::own_lateness::{OwnPause, earliest_arrival};

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// There was no connection, for this reason.
    Unreachable(String),
    /// It was read up to its limits, and the server kept the connection open.
    StillOpen,
    /// The response is complete, according to its framing.
    Complete,
    /// The server closed the connection before the response was complete.
    ClosedEarly,
    /// The connection broke.
    Broken {
        /// The kind of error.
        kind: io::ErrorKind,
        /// The error, in words.
        reason: String,
    },
    /// More bytes came than a probe reads.
    LimitReached,
}

impl End {
    /// The stream over HTTP/2 failed.
    pub(super) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::ByServer(reason) => {
                Self::Broken { kind: io::ErrorKind::ConnectionReset, reason: reason.clone() }
            }
            Failure::Malformed => {
                let reason = "clients reset the stream, since HTTP/2 does not allow its head: see h2-fields";
                Self::Broken { kind: io::ErrorKind::InvalidData, reason: reason.into() }
            }
        }
    }

    /// Whether HTTP/2 does not allow the head, so that clients end the stream.
    pub(crate) fn is_malformed(&self) -> bool {
        matches!(self, Self::Broken { kind: io::ErrorKind::InvalidData, .. })
    }

    /// The connection broke with this error.
    pub(super) fn broken(error: &io::Error) -> Self {
        Self::Broken { kind: error.kind(), reason: error.to_string() }
    }
}

/// One read from the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    /// When it returned.
    pub(crate) at: Duration,
    /// How many bytes it returned.
    pub(crate) length: usize,
    /// How many of them were content.
    pub(crate) content: usize,
}

/// An event block, and where it ended in the transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The block. Clients dispatch an event only if it has data.
    pub(crate) block: Block,
    /// The number of the read that completed it.
    pub(crate) read: u64,
    /// The number of the chunk that completed it; 0 without chunked transfer coding.
    pub(crate) chunk: u64,
}

/// A time without a byte from the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Silence {
    /// How long it lasted.
    pub(crate) length: Duration,
    /// When it began.
    pub(crate) since: Duration,
}

/// A request and the response to it. Times count from when the request was sent.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    /// The bytes of the request.
    pub(crate) sent: Vec<u8>,
    /// The command line that repeats the request, if there is one.
    pub(crate) curl: Option<String>,
    /// The response heads: interim ones (1xx), then the final one.
    pub(crate) heads: Vec<Head>,
    /// The first reads.
    pub(crate) reads: Vec<Read>,
    /// How many reads there were.
    pub(crate) read_count: u64,
    /// The longest silence after the head; the time up to now counts.
    pub(crate) longest_silence: Silence,
    /// When the last byte came.
    pub(crate) last_byte: Duration,
    /// The first bytes from the connection.
    pub(crate) raw: Vec<u8>,
    /// How many bytes came from the connection.
    pub(crate) raw_length: u64,
    /// The first bytes of the content, decoded.
    pub(crate) content: Vec<u8>,
    /// How many bytes of content came, decoded.
    pub(crate) content_length: u64,
    /// The event blocks, up to a limit.
    pub(crate) events: Vec<Event>,
    /// The comments, up to a limit.
    pub(crate) comments: Vec<Comment>,
    /// What is wrong with the HTTP message.
    pub(crate) http_findings: Vec<Finding>,
    /// What is wrong with the stream.
    pub(crate) stream_findings: Vec<Finding>,
    /// The line terminators of the stream.
    pub(crate) terminators: Terminators,
    /// The longest line of the stream, in bytes.
    pub(crate) longest_line: u64,
    /// Whether content came that could not be decoded.
    pub(crate) is_undecodable: bool,
    /// Whether the last line is unfinished.
    pub(crate) is_within_line: bool,
    /// The fields of event blocks, also of unfinished ones.
    pub(crate) block_fields: BlockFields,
    pub(crate) end: End,
    /// How long it was observed.
    pub(crate) duration: Duration,
    /// When this process was not scheduled, and so could not see when bytes came.
    pub(crate) own_pauses: Vec<OwnPause>,
}

impl Exchange {
    /// An exchange without a response so far.
    pub(crate) fn new(request: Request, sent: Vec<u8>, end: End) -> Self {
        Self {
            request,
            sent,
            curl: None,
            heads: Vec::new(),
            reads: Vec::new(),
            read_count: 0,
            longest_silence: Silence::default(),
            last_byte: Duration::ZERO,
            raw: Vec::new(),
            raw_length: 0,
            content: Vec::new(),
            content_length: 0,
            events: Vec::new(),
            comments: Vec::new(),
            http_findings: Vec::new(),
            stream_findings: Vec::new(),
            terminators: Terminators::default(),
            longest_line: 0,
            is_undecodable: false,
            is_within_line: false,
            block_fields: BlockFields::default(),
            end,
            duration: Duration::ZERO,
            own_pauses: Vec::new(),
        }
    }

    /// The earliest time at which bytes may have arrived that were read at `read`.
    pub(crate) fn earliest_arrival(&self, read: Duration) -> Duration {
        earliest_arrival(&self.own_pauses, read)
    }

    /// When the final head came, at the earliest; zero without one.
    pub(crate) fn head_time(&self) -> Duration {
        self.head().map_or(Duration::ZERO, |head| self.earliest_arrival(head.at))
    }

    /// How long was waited in vain for a head; `None` if there was a head, or the server ended the connection.
    pub(crate) fn vain_wait(&self) -> Option<Duration> {
        (self.head().is_none() && self.end == End::StillOpen && self.raw_length == 0).then_some(self.duration)
    }

    /// The final response head.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.heads.last().filter(|head| !(100..200).contains(&head.status) || head.status == 101)
    }

    /// The final status.
    pub(crate) fn status(&self) -> Option<u16> {
        self.head().map(|head| head.status)
    }

    /// The events that clients dispatch: blocks with data.
    pub(crate) fn dispatched(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.block.is_event())
    }

    /// How many events a client dispatches.
    pub(crate) fn event_count(&self) -> usize {
        self.dispatched().count()
    }

    /// The dispatched events with an id that a client can resume from, each with that id.
    pub(crate) fn identified(&self) -> impl Iterator<Item = (&Event, &str)> {
        let all = self.dispatched().filter_map(|event| Some((event, event.block.id.as_deref()?)));
        all.filter(|(_, id)| !id.is_empty())
    }

    /// The ids of dispatched events, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.identified().map(|(_, id)| id.to_owned()).collect()
    }

    /// The essence of the media type, in lower case.
    pub(crate) fn essence(&self) -> Option<String> {
        let value = self.head()?.first("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Whether it is an event stream, by status and media type.
    pub(crate) fn is_stream(&self) -> bool {
        self.status() == Some(200) && self.essence().as_deref() == Some("text/event-stream")
    }

    /// Whether it may be an event stream: a 200 response whose media type is not that of a page or document.
    pub(crate) fn may_be_stream(&self) -> bool {
        let is_document = |essence: &str| {
            ["text/html", "application/xhtml+xml", "application/json", "application/xml", "text/xml"]
                .contains(&essence)
        };
        self.status() == Some(200) && !self.essence().as_deref().is_some_and(is_document)
    }

    /// Whether the status and media type are those of another response.
    pub(crate) fn is_same_kind_as(&self, other: &Self) -> bool {
        self.status().is_some() && self.status() == other.status() && self.essence() == other.essence()
    }

    /// Whether the server ended a stream over HTTP/2 without END_STREAM.
    pub(crate) fn is_cut_over_http2(&self) -> bool {
        let is_cut = match &self.end {
            End::ClosedEarly => true,
            End::Broken { .. } => !self.end.is_malformed(),
            _ => false,
        };
        is_cut && self.request.version == Version::Http2 && self.head().is_some()
    }

    /// How it ended, in words.
    pub(crate) fn describe_end(&self) -> String {
        let duration = seconds(self.duration);
        match &self.end {
            End::Unreachable(reason) => format!("no connection: {reason}"),
            End::StillOpen => format!("the connection was still open after {duration}"),
            End::Complete => "the response was complete".into(),
            End::ClosedEarly if self.raw_length == 0 => {
                "the server closed the connection without sending a byte".into()
            }
            End::ClosedEarly => "the server closed the connection before the end of the response".into(),
            End::Broken { reason, .. } => format!("the connection broke: {reason}"),
            End::LimitReached => format!("{} bytes came within {duration} without an end", self.raw_length),
        }
    }

    /// The response in words: its status, the first HTTP finding, how it ended.
    pub(crate) fn summary(&self) -> String {
        let finding = match self.http_findings.first() {
            Some(finding) => format!("{} at byte {} of the response, ", finding.kind, finding.offset),
            None => String::new(),
        };
        match self.status() {
            Some(status) => format!("status {status}, {finding}{}", self.describe_end()),
            None => format!("no response head, {finding}{}{}", self.describe_end(), self.describe_start()),
        }
    }

    /// What came instead of a head, in words.
    fn describe_start(&self) -> String {
        if self.raw_length == 0 || !self.http_findings.is_empty() {
            return String::new();
        }
        let interim = match self.heads.len() {
            0 => String::new(),
            count => format!("{count} interim heads, "),
        };
        let shown = visible::line(&String::from_utf8_lossy(&self.raw), SHOWN_START);
        format!("; what came: {interim}{} bytes, starting with \"{shown}\"", self.raw_length)
    }

    /// The request in words, and the command line that repeats it.
    pub(crate) fn describe_request(&self) -> String {
        let words = self.request.describe("the stream");
        self.curl.as_ref().map_or(words.clone(), |curl| format!("{words}\n{curl}"))
    }

    /// The rows of the transcript.
    pub(crate) fn rows(&self, connection: u32) -> Vec<Row> {
        let row = |at: Duration, from: &str, kind: &str, bytes: &[u8], total: u64| {
            let escaped = escape(bytes);
            let length = escaped.length.or((total > bytes.len() as u64).then_some(total));
            Row {
                at_us: u64::try_from(at.as_micros()).unwrap_or(u64::MAX),
                from: from.into(),
                connection: Some(connection),
                kind: kind.into(),
                text: escaped.text,
                length: length.map(|length| length.max(total)),
            }
        };
        let mut rows = vec![row(Duration::ZERO, "harness", "bytes", &self.sent, self.sent.len() as u64)];
        let mut start = 0;
        for read in self.reads.iter().take(ROWS) {
            let Some(bytes) = self.raw.get(start..).filter(|rest| !rest.is_empty()) else { break };
            let bytes = bytes.get(..read.length).unwrap_or(bytes);
            rows.push(row(read.at, "server", "bytes", bytes, read.length as u64));
            start += read.length;
        }
        rows.push(row(self.duration, "harness", "end", self.describe_end().as_bytes(), 0));
        rows
    }
}

/// How many characters of an unfinished head are shown.
const SHOWN_START: usize = 60;

/// How many reads a transcript shows.
const ROWS: usize = 40;
