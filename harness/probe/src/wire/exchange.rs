//! What came in answer to a request.

use std::time::Duration;

use ssespec_reports::results::Row;
use ssespec_reports::transcript::escape;

use super::Ask;
use super::pending::Pending;
use ssespec_strict::http::Head;
use ssespec_strict::{Block, Comment, Finding, Terminators};

/// How an observation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// There was no connection.
    Unreachable(String),
    /// It was watched for as long as it should be, and the server went on.
    Left,
    /// The message is complete, as its framing says.
    Complete,
    /// The server closed the connection before the message was complete.
    Cut,
    /// The connection broke.
    Broken(String),
    /// More came than any stream needs.
    TooMuch,
}

/// A piece of a message's content, or of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    /// When.
    pub(crate) at: Duration,
    /// How many bytes came in one read.
    pub(crate) length: usize,
    /// How many of them were content.
    pub(crate) content: usize,
}

/// A block of the stream, and in what it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The block; one without data is no event to a client.
    pub(crate) block: Block,
    /// The number of the read that completed it.
    pub(crate) read: u64,
    /// The number of the chunk that completed it; 0 where there are no chunks.
    pub(crate) chunk: u64,
}

/// What came in answer to a request. Times count from when the request was sent.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) ask: Ask,
    /// The bytes of the request.
    pub(crate) sent: Vec<u8>,
    /// The heads: those of status 1xx, then the final one.
    pub(crate) heads: Vec<Head>,
    /// The first reads.
    pub(crate) reads: Vec<Read>,
    /// How many reads there were.
    pub(crate) read_count: u64,
    /// The longest time without a byte after the head, and when it began. The time to the present counts.
    pub(crate) silence: (Duration, Duration),
    /// When the last byte came.
    pub(crate) last_byte: Duration,
    /// The first bytes of the connection.
    pub(crate) raw: Vec<u8>,
    /// How many bytes came on the connection.
    pub(crate) raw_length: u64,
    /// The first bytes of the content, decoded.
    pub(crate) content: Vec<u8>,
    /// How many bytes of content came, decoded.
    pub(crate) content_length: u64,
    /// The blocks, as far as they are kept.
    pub(crate) events: Vec<Event>,
    /// The comments, as far as they are kept.
    pub(crate) comments: Vec<Comment>,
    /// What is wrong with the HTTP.
    pub(crate) http: Vec<Finding>,
    /// What is wrong with the stream.
    pub(crate) findings: Vec<Finding>,
    /// How its lines ended.
    pub(crate) terminators: Terminators,
    /// The longest line in bytes.
    pub(crate) longest_line: u64,
    /// Whether content came that could not be decoded.
    pub(crate) is_opaque: bool,
    /// Whether a line is open.
    pub(crate) is_within_line: bool,
    /// What was seen of fields, with and without their blank lines.
    pub(crate) pending: Pending,
    pub(crate) end: End,
    /// How long it was watched.
    pub(crate) watched: Duration,
}

impl Exchange {
    /// An exchange of which nothing has come yet.
    pub(crate) fn new(ask: Ask, sent: Vec<u8>, end: End) -> Self {
        Self {
            ask,
            sent,
            heads: Vec::new(),
            reads: Vec::new(),
            read_count: 0,
            silence: (Duration::ZERO, Duration::ZERO),
            last_byte: Duration::ZERO,
            raw: Vec::new(),
            raw_length: 0,
            content: Vec::new(),
            content_length: 0,
            events: Vec::new(),
            comments: Vec::new(),
            http: Vec::new(),
            findings: Vec::new(),
            terminators: Terminators::default(),
            longest_line: 0,
            is_opaque: false,
            is_within_line: false,
            pending: Pending::default(),
            end,
            watched: Duration::ZERO,
        }
    }

    /// The final head.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.heads.last().filter(|head| !(100..200).contains(&head.status) || head.status == 101)
    }

    /// The final status.
    pub(crate) fn status(&self) -> Option<u16> {
        self.head().map(|head| head.status)
    }

    /// The events: blocks with data.
    pub(crate) fn dispatched(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.block.is_event())
    }

    /// The essence of the media type, in lower case.
    pub(crate) fn essence(&self) -> Option<String> {
        let value = self.head()?.first("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Whether it is an event stream, by status and type.
    pub(crate) fn is_stream(&self) -> bool {
        self.status() == Some(200) && self.essence().as_deref() == Some("text/event-stream")
    }

    /// Whether it may be an event stream: an answer of 200 that is no page and no document, however it is labelled.
    pub(crate) fn may_be_stream(&self) -> bool {
        let is_other = |essence: &str| {
            ["text/html", "application/xhtml+xml", "application/json", "application/xml", "text/xml"]
                .contains(&essence)
        };
        self.status() == Some(200) && !self.essence().as_deref().is_some_and(is_other)
    }

    /// Whether it is an answer of the same kind: by status and type.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.status().is_some() && self.status() == other.status() && self.essence() == other.essence()
    }

    /// How it ended, in words.
    pub(crate) fn ending(&self) -> String {
        let watched = seconds(self.watched);
        match &self.end {
            End::Unreachable(why) => format!("no connection: {why}"),
            End::Left => format!("the connection was open after {watched}"),
            End::Complete => "the message was complete".into(),
            End::Cut if self.raw_length == 0 => "the server closed the connection without a byte".into(),
            End::Cut => "the server closed the connection before the end of the message".into(),
            End::Broken(why) => format!("the connection broke: {why}"),
            End::TooMuch => format!("{} bytes came within {watched}, and there was no end", self.raw_length),
        }
    }

    /// What came in place of a usable answer, in words.
    pub(crate) fn instead(&self) -> String {
        let first = match self.http.first() {
            Some(finding) => format!("{} at byte {}, ", finding.kind, finding.offset),
            None => String::new(),
        };
        match self.status() {
            Some(status) => format!("status {status}, {first}{}", self.ending()),
            None => format!("no response head, {first}{}", self.ending()),
        }
    }

    /// The rows of its transcript.
    pub(crate) fn rows(&self, connection: u32) -> Vec<Row> {
        let row = |at: Duration, from: &str, kind: &str, bytes: &[u8], whole: u64| {
            let escaped = escape(bytes);
            let length = escaped.length.or((whole > bytes.len() as u64).then_some(whole));
            let at_us = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
            let length = length.map(|length| length.max(whole));
            Row {
                at_us,
                from: from.into(),
                connection: Some(connection),
                kind: kind.into(),
                text: escaped.text,
                length,
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
        rows.push(row(self.watched, "harness", "end", self.ending().as_bytes(), 0));
        rows
    }
}

/// How many reads a transcript shows.
const ROWS: usize = 40;

/// A time as a report says it: in steps of 0.1 s.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
