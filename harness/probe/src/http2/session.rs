//! A connection over HTTP/2, <https://www.rfc-editor.org/rfc/rfc9113>. The `h2` crate speaks; the strict reader reads.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use ssespec_mock_server::wire::http2::client::Client;
use ssespec_reports::results::Row;
use ssespec_strict::http2::fields::Field;
use ssespec_strict::http2::reader::{Http2Reader, Piece};
use ssespec_strict::{Block, EventStreamReader, Item, Limits};
use tokio::time::{Instant, timeout_at};

use ssespec::target::Security;

use crate::describe::seconds;
use crate::options::Options;
use crate::wire::request::DEFAULT_CONTENT_TYPE;
use ssespec_mock_server::client::Connection;
use ssespec_mock_server::client::Offer;

/// The setting that limits how many streams may be open.
pub(super) const MAX_CONCURRENT_STREAMS: u16 = 3;

/// How much of a connection is read, in bytes.
const MOST: u64 = 8 * 1024 * 1024;

/// The size of one read, in bytes.
const READ: usize = 16 * 1024;

const ROWS: usize = 60;
const BLOCKS: usize = 1000;

/// Why there is no stream over HTTP/2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoHttp2 {
    /// The connection failed.
    #[error("no HTTP/2: no connection: {0}")]
    NoConnection(String),
    /// The server chose another protocol in the TLS handshake.
    #[error("no HTTP/2: the server did not choose h2 in the TLS handshake")]
    NotNegotiated,
    /// The server did not accept the connection preface.
    #[error("no HTTP/2: the server did not accept the preface: {0}")]
    Preface(String),
    /// The server did not begin with SETTINGS.
    #[error("no HTTP/2: {0}")]
    NoSettings(String),
    /// HTTP/2 does not allow the request, or the connection is over.
    #[error("no HTTP/2: {0}")]
    NotRequested(String),
}

/// The response on a stream.
#[derive(Debug)]
pub(super) struct StreamResponse {
    /// The fields of the final head; `None` before it arrives.
    pub(super) fields: Option<Vec<Field>>,
    /// The event blocks.
    pub(super) blocks: Vec<Block>,
    /// The code of the server's RST_STREAM.
    pub(super) reset: Option<u32>,
    /// Whether the server ended the stream.
    pub(super) has_ended: bool,
    body: EventStreamReader,
}

impl StreamResponse {
    fn new() -> Self {
        Self {
            fields: None,
            blocks: Vec::new(),
            reset: None,
            has_ended: false,
            body: EventStreamReader::new(Limits {
                line: 1024 * 1024,
                data: 1024 * 1024,
                ..Limits::default()
            }),
        }
    }

    /// Whether the head has a field that HTTP/2 does not allow. Clients reject the response then, and so does ours.
    pub(super) fn is_malformed(&self) -> bool {
        self.fields.iter().flatten().any(|field| field.malformed().is_some())
    }

    /// The first value of a field.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let found = self.fields.as_ref()?.iter().find(|field| field.name == name.as_bytes());
        found.map(|field| String::from_utf8_lossy(&field.value).into_owned())
    }

    /// The status.
    pub(super) fn status(&self) -> Option<u16> {
        self.value(":status")?.parse().ok()
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Connection,
    client: Client,
    reader: Http2Reader,
    began: Instant,
    total: u64,
    pub(super) settings: BTreeMap<u16, u32>,
    pub(super) responses: BTreeMap<u32, StreamResponse>,
    /// Why the connection ended, if it did.
    pub(super) over: Option<String>,
    pub(super) rows: Vec<Row>,
}

impl Session {
    /// Connects, sends the preface, and waits for the server's settings.
    ///
    /// # Errors
    /// If the server does not speak HTTP/2: how that showed.
    pub(crate) async fn open(options: &Options) -> Result<Self, NoHttp2> {
        let opened = Connection::open(&options.target, &options.trust, Offer::H2, options.timeout).await;
        let mut connection = opened.map_err(|error| NoHttp2::NoConnection(error.to_string()))?;
        if options.target.security == Security::Tls && connection.protocol.as_deref() != Some(b"h2") {
            return Err(NoHttp2::NotNegotiated);
        }
        let mut client = Client::start().map_err(|error| NoHttp2::NotRequested(error.to_string()))?;
        let preface = client.take_output();
        connection.write(&preface).await.map_err(|error| NoHttp2::Preface(error.to_string()))?;
        let mut session = Self {
            connection,
            client,
            reader: Http2Reader::default(),
            began: Instant::now(),
            total: 0,
            settings: BTreeMap::new(),
            responses: BTreeMap::new(),
            over: None,
            rows: Vec::new(),
        };
        session.until(options.timeout, |session| session.has_settings()).await;
        if session.has_settings() {
            return Ok(session);
        }
        let start = session.reader.unread();
        let start = String::from_utf8_lossy(start.get(..16).unwrap_or(start)).into_owned();
        Err(NoHttp2::NoSettings(match session.over {
            Some(why) => why,
            None if start.is_empty() => format!("no SETTINGS within {}", seconds(options.timeout)),
            None => format!("no SETTINGS, but {start:?}"),
        }))
    }

    fn has_settings(&self) -> bool {
        self.rows.iter().any(|row| row.from == "server" && row.kind == "SETTINGS")
    }

    /// The time since it was opened.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Requests a stream, resumed if there is an id, and returns its number.
    ///
    /// # Errors
    /// If the connection is over, or HTTP/2 does not allow the request.
    pub(super) async fn ask(
        &mut self,
        options: &Options,
        path: &str,
        last_event_id: Option<&str>,
    ) -> Result<u32, NoHttp2> {
        let content = options.content.as_ref().map(|content| Bytes::copy_from_slice(content.bytes()));
        let method = options.method().name();
        let url = format!("{}://{}{path}", options.target.scheme(), options.target.authority);
        let mut head = http::Request::builder().method(method).uri(url);
        let content_type = content.as_ref().map(|_| ("content-type", DEFAULT_CONTENT_TYPE));
        let usual =
            [("accept", "text/event-stream"), ("accept-encoding", "identity"), ("cache-control", "no-cache")];
        for (name, value) in usual.into_iter().chain(content_type) {
            if !options.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                head = head.header(name, value);
            }
        }
        for (name, value) in &options.headers {
            head = head.header(name, value);
        }
        if let Some(id) = last_event_id {
            head = head.header("last-event-id", id);
        }
        let length = content.as_ref().map(Bytes::len);
        let head = head.body(()).map_err(|error| NoHttp2::NotRequested(error.to_string()))?;
        let stream =
            self.client.request(head, content).map_err(|error| NoHttp2::NotRequested(error.to_string()))?;
        self.responses.insert(stream, StreamResponse::new());
        let id = last_event_id.map(|id| format!("\nlast-event-id: {id}")).unwrap_or_default();
        self.note("harness", "HEADERS", Some(stream), &format!("{method} {path}{id}"));
        if let Some(length) = length {
            self.note("harness", "DATA", Some(stream), &format!("{length} bytes"));
        }
        self.write().await;
        Ok(stream)
    }

    /// Resets a stream with CANCEL.
    pub(super) async fn cancel(&mut self, stream: u32) {
        self.note("harness", "RST_STREAM", Some(stream), "CANCEL");
        self.client.cancel(stream);
        self.write().await;
    }

    /// Reads until `enough` is true, or this much time has passed since the connection was opened.
    pub(super) async fn until(&mut self, limit: Duration, enough: impl Fn(&Self) -> bool) {
        let deadline = self.began + limit;
        let mut buffer = vec![0; READ];
        while self.over.is_none() && !enough(self) {
            match timeout_at(deadline, self.connection.read(&mut buffer)).await {
                Err(_) => break,
                Ok(Ok(0)) => self.over = Some("the server closed the connection".into()),
                Ok(Err(error)) => self.over = Some(format!("the connection broke: {error}")),
                Ok(Ok(length)) => self.take(buffer.get(..length).unwrap_or_default()).await,
            }
        }
    }

    /// Writes what the client has to send.
    async fn write(&mut self) {
        let bytes = self.client.take_output();
        if let Err(error) = self.connection.write(&bytes).await {
            self.over = Some(format!("the connection broke: {error}"));
        }
    }

    /// Takes the bytes of a read.
    async fn take(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let mut pieces = Vec::new();
        self.reader.feed(bytes, &mut pieces);
        for piece in pieces {
            self.piece(piece);
        }
        self.client.receive(bytes);
        self.write().await;
        if let (None, Some(error)) = (&self.over, self.client.error()) {
            self.over = Some(format!("clients end the connection: {error}"));
        }
        if self.total > MOST {
            self.over = Some(format!("the server sent {} bytes without an end", self.total));
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Settings(settings) => {
                self.settings.extend(settings);
                let settings = format!("{:?}", self.settings);
                self.note("server", "SETTINGS", None, &settings);
            }
            Piece::GoAway { code } => {
                self.note("server", "GOAWAY", None, &format!("code {code}"));
                self.over = Some(format!("GOAWAY with code {code}"));
            }
            Piece::Reset { stream, code } => {
                self.note("server", "RST_STREAM", Some(stream), &format!("code {code}"));
                if let Some(response) = self.responses.get_mut(&stream) {
                    response.reset = Some(code);
                }
            }
            Piece::Fields { stream, fields, is_end } => {
                self.fields(stream, fields);
                self.end(stream, is_end);
            }
            Piece::Data { stream, content, is_end } => {
                self.data(stream, &content);
                self.end(stream, is_end);
            }
            Piece::Fault(fault) => self.over = Some(fault.to_string()),
        }
    }

    fn fields(&mut self, stream: u32, fields: Vec<Field>) {
        let line = |field: &Field| {
            format!("{}: {}", String::from_utf8_lossy(&field.name), String::from_utf8_lossy(&field.value))
        };
        let lines: Vec<String> = fields.iter().map(line).collect();
        self.note("server", "HEADERS", Some(stream), &lines.join("\n"));
        let Some(response) = self.responses.get_mut(&stream) else { return };
        let is_interim = fields.iter().any(|field| field.name == b":status" && field.value.starts_with(b"1"));
        if response.fields.is_none() && !is_interim {
            response.fields = Some(fields);
        }
    }

    fn data(&mut self, stream: u32, content: &[u8]) {
        self.note("server", "DATA", Some(stream), &String::from_utf8_lossy(content));
        let at = self.elapsed();
        let Some(response) = self.responses.get_mut(&stream) else { return };
        let mut items = Vec::new();
        response.body.feed(content, at, &mut items);
        let room = BLOCKS.saturating_sub(response.blocks.len());
        let blocks = items.into_iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            _ => None,
        });
        response.blocks.extend(blocks.take(room));
    }

    fn end(&mut self, stream: u32, is_end: bool) {
        if let Some(response) = self.responses.get_mut(&stream).filter(|_| is_end) {
            response.has_ended = true;
        }
    }

    fn note(&mut self, from: &str, kind: &str, connection: Option<u32>, text: &str) {
        if self.rows.len() < ROWS {
            let at_us = u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX);
            let text: String = text.chars().take(2000).collect();
            self.rows.push(Row {
                at_us,
                from: from.into(),
                connection,
                kind: kind.into(),
                text,
                length: None,
            });
        }
    }
}
