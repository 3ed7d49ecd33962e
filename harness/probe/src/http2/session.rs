//! A connection of HTTP/2, <https://www.rfc-editor.org/rfc/rfc9113>, frame by frame.

use std::collections::BTreeMap;
use std::time::Duration;

use ssespec_reports::results::Row;
use tokio::time::{Instant, timeout_at};

use crate::describe::seconds;
use crate::options::Options;
use crate::wire::connection::Connection;
use crate::wire::offer::Offer;
use crate::wire::request::DEFAULT_CONTENT_TYPE as USUAL_TYPE;
use ssespec::target::Security;
use ssespec_strict::http2::frame::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME, GOAWAY, HEADERS, PADDED, PING, PREFACE,
    PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE,
};
use ssespec_strict::http2::hpack::{Decoder, Field, encode};
use ssespec_strict::{Block, Body, Item, Limits};

/// The setting that limits how many streams may be open.
pub(super) const MAX_CONCURRENT_STREAMS: u16 = 3;

/// The setting that says how much may be sent on a stream, and how much may be without it, in bytes.
const INITIAL_WINDOW_SIZE: u16 = 4;
const FIRST_WINDOW: u32 = 65_535;

/// What is read of a connection at most.
const MOST: u64 = 8 * 1024 * 1024;

const ROWS: usize = 60;
const BLOCKS: usize = 1000;

/// What came on a stream.
#[derive(Debug)]
pub(super) struct Answer {
    /// The final head: none before it came.
    pub(super) fields: Option<Vec<Field>>,
    /// When it came.
    pub(super) at: Duration,
    /// The blocks.
    pub(super) blocks: Vec<Block>,
    /// How many bytes of content came.
    pub(super) length: u64,
    /// The code of an RST_STREAM.
    pub(super) reset: Option<u32>,
    /// Whether the server has ended it.
    pub(super) ended: bool,
    body: Body,
}

impl Answer {
    /// A field's first value.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let fields = self.fields.as_ref()?;
        let found = fields.iter().find(|(n, _)| n == name.as_bytes());
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// The status.
    pub(super) fn status(&self) -> Option<u16> {
        self.value(":status")?.parse().ok()
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    began: Instant,
    decoder: Decoder,
    buffer: Vec<u8>,
    headers: Option<(u32, bool, Vec<u8>)>,
    next: u32,
    total: u64,
    pub(super) settings: BTreeMap<u16, u32>,
    pub(super) answers: BTreeMap<u32, Answer>,
    /// Why nothing more can come.
    pub(super) over: Option<String>,
    pub(super) rows: Vec<Row>,
}

impl Session {
    /// Connects, says the preface, and awaits the server's.
    ///
    /// # Errors
    /// When the server does not speak HTTP/2; says how that showed.
    pub(super) async fn open(options: &Options) -> Result<Self, String> {
        let opened = Connection::open(&options.target, &options.trust, Offer::H2, options.timeout).await;
        let mut connection = opened.map_err(|error| format!("no connection: {error}"))?;
        if options.target.security == Security::Tls && connection.protocol.as_deref() != Some(b"h2") {
            return Err("the server does not choose h2 in the TLS handshake".into());
        }
        let mut hello = PREFACE.to_vec();
        // No pushes, and as much window for each stream as there is: what we read is bounded otherwise.
        hello.extend(frame(SETTINGS, 0, 0, &[0, 2, 0, 0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF]));
        hello.extend(frame(WINDOW_UPDATE, 0, 0, &0x7FFF_0000_u32.to_be_bytes()));
        connection.write(&hello).await.map_err(|error| format!("the preface was not taken: {error}"))?;
        let mut session = Self {
            connection,
            began: Instant::now(),
            decoder: Decoder::default(),
            buffer: Vec::new(),
            headers: None,
            next: 1,
            total: 0,
            settings: BTreeMap::new(),
            answers: BTreeMap::new(),
            over: None,
            rows: Vec::new(),
        };
        session.until(options.timeout, |session| session.is_greeted()).await;
        if session.is_greeted() {
            let length = options.content.as_ref().map_or(0, |content| content.bytes().len());
            if !session.fits(length) {
                return Err(format!(
                    "{length} bytes of content are more than three streams may send at once"
                ));
            }
            return Ok(session);
        }
        let start = String::from_utf8_lossy(session.buffer.get(..16).unwrap_or(&session.buffer)).into_owned();
        Err(match session.over {
            Some(why) => format!("the server did not say SETTINGS: {why}"),
            None if start.is_empty() => {
                format!("the server did not say SETTINGS within {}", seconds(options.timeout))
            }
            None => format!("the server did not say SETTINGS but {start:?}"),
        })
    }

    fn is_greeted(&self) -> bool {
        self.rows.iter().any(|row| row.from == "server" && row.kind == "SETTINGS")
    }

    /// How long ago it was opened.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Whether content for three streams may be sent before the server says that it may be more.
    fn fits(&self, length: usize) -> bool {
        let window = self.settings.get(&INITIAL_WINDOW_SIZE).copied().unwrap_or(FIRST_WINDOW);
        length <= window as usize && 3 * length <= FIRST_WINDOW as usize
    }

    /// Asks for a stream; gives its number.
    pub(super) async fn ask(&mut self, options: &Options, path: &str) -> u32 {
        let stream = self.next;
        self.next += 2;
        let content = options.content.as_ref().map(|content| content.bytes());
        let method = options.method().name();
        let mut fields: Vec<Field> = vec![
            (b":method".to_vec(), method.into()),
            (b":scheme".to_vec(), options.target.scheme().as_bytes().to_vec()),
            (b":authority".to_vec(), options.target.authority.as_bytes().to_vec()),
            (b":path".to_vec(), path.as_bytes().to_vec()),
        ];
        let users = options.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let users: Vec<(String, String)> = users.collect();
        let usual_type = content.map(|_| ("content-type", USUAL_TYPE));
        for (name, value) in
            [("accept", "text/event-stream"), ("cache-control", "no-cache")].into_iter().chain(usual_type)
        {
            if !users.iter().any(|(other, _)| other == name) {
                fields.push((name.into(), value.into()));
            }
        }
        fields.extend(users.into_iter().map(|(name, value)| (name.into_bytes(), value.into_bytes())));
        let block = encode(&fields);
        self.answers.insert(
            stream,
            Answer {
                fields: None,
                at: Duration::ZERO,
                blocks: Vec::new(),
                length: 0,
                reset: None,
                ended: false,
                body: Body::new(Limits { line: 1024 * 1024, data: 1024 * 1024, ..Limits::default() }),
            },
        );
        self.note("harness", "HEADERS", Some(stream), &format!("{method} {path}"));
        let mut pieces = block.chunks(FRAME).peekable();
        let mut kind = HEADERS;
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.next() {
            let end = if pieces.peek().is_none() { END_HEADERS } else { 0 };
            let is_all = kind == HEADERS && content.is_none();
            let flags = if is_all { END_STREAM | end } else { end };
            bytes.extend(frame(kind, flags, stream, piece));
            kind = CONTINUATION;
        }
        if let Some(content) = content {
            self.note("harness", "DATA", Some(stream), &format!("{} bytes", content.len()));
            let (whole, last) = content.split_at(content.len() - content.len() % FRAME);
            whole.chunks(FRAME).for_each(|piece| bytes.extend(frame(DATA, 0, stream, piece)));
            bytes.extend(frame(DATA, END_STREAM, stream, last));
        }
        self.write(&bytes).await;
        stream
    }

    /// Resets a stream: CANCEL.
    pub(super) async fn cancel(&mut self, stream: u32) {
        self.note("harness", "RST_STREAM", Some(stream), "CANCEL");
        self.write(&frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())).await;
    }

    /// Reads until `enough` says so, at most until this long after the opening.
    pub(super) async fn until(&mut self, limit: Duration, enough: impl Fn(&Self) -> bool) {
        let deadline = self.began + limit;
        let mut buffer = vec![0; FRAME];
        while self.over.is_none() && !enough(self) {
            match timeout_at(deadline, self.connection.read(&mut buffer)).await {
                Err(_) => break,
                Ok(Ok(0)) => self.over = Some("the server closed the connection".into()),
                Ok(Err(error)) => self.over = Some(format!("the connection broke: {error}")),
                Ok(Ok(length)) => {
                    self.total += length as u64;
                    self.buffer.extend_from_slice(buffer.get(..length).unwrap_or_default());
                    self.frames().await;
                    if self.total > MOST {
                        self.over = Some(format!("{} bytes came, and there was no end", self.total));
                    }
                }
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = self.connection.write(bytes).await {
            self.over = Some(format!("the connection broke: {error}"));
        }
    }

    async fn frames(&mut self) {
        while self.over.is_none() {
            let Some([a, b, c, kind, flags, s1, s2, s3, s4]) = self.buffer.first_chunk::<9>().copied() else {
                return;
            };
            let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            let stream = u32::from_be_bytes([s1, s2, s3, s4]) & 0x7FFF_FFFF;
            let is_first = self.rows.iter().all(|row| row.from != "server");
            if is_first && (kind != SETTINGS || stream != 0) {
                let start =
                    String::from_utf8_lossy(self.buffer.get(..40).unwrap_or(&self.buffer)).into_owned();
                self.over = Some(format!("its first frame is no SETTINGS: {start:?}"));
                return;
            }
            if length > FRAME {
                self.over = Some(format!("a frame of {length} bytes, beyond the largest allowed"));
                return;
            }
            let Some(payload) = self.buffer.get(9..9 + length).map(<[u8]>::to_vec) else { return };
            self.buffer.drain(..9 + length);
            self.frame(kind, flags, stream, &payload).await;
        }
    }

    async fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let at = self.elapsed();
        match kind {
            SETTINGS if flags & ACK == 0 => {
                for entry in payload.chunks_exact(6) {
                    if let [a, b, c, d, e, f] = *entry {
                        self.settings.insert(u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
                    }
                }
                let said = format!("{:?}", self.settings);
                self.note("server", "SETTINGS", None, &said);
                self.write(&frame(SETTINGS, ACK, 0, &[])).await;
            }
            PING if flags & ACK == 0 => self.write(&frame(PING, ACK, 0, payload)).await,
            GOAWAY => {
                let code =
                    payload.get(4..8).and_then(|code| code.try_into().ok()).map_or(0, u32::from_be_bytes);
                self.note("server", "GOAWAY", None, &format!("code {code}"));
                self.over = Some(format!("GOAWAY with code {code}"));
            }
            RST_STREAM => {
                let code =
                    payload.get(..4).and_then(|code| code.try_into().ok()).map_or(0, u32::from_be_bytes);
                self.note("server", "RST_STREAM", Some(stream), &format!("code {code}"));
                if let Some(answer) = self.answers.get_mut(&stream) {
                    answer.reset = Some(code);
                }
            }
            HEADERS => {
                let Some(mut block) = unpadded(flags, payload) else {
                    self.over = Some("a malformed HEADERS frame".into());
                    return;
                };
                if flags & PRIORITY != 0 {
                    block = block.get(5..).unwrap_or_default();
                }
                self.headers = Some((stream, flags & END_STREAM != 0, block.to_vec()));
                self.block(flags, at);
            }
            CONTINUATION => {
                match &mut self.headers {
                    Some((of, _, block)) if *of == stream && block.len() < 256 * 1024 => {
                        block.extend_from_slice(payload)
                    }
                    _ => self.over = Some("a CONTINUATION frame out of place".into()),
                }
                self.block(flags, at);
            }
            DATA => {
                let Some(content) = unpadded(flags, payload) else {
                    self.over = Some("a malformed DATA frame".into());
                    return;
                };
                self.note("server", "DATA", Some(stream), &String::from_utf8_lossy(content));
                let Some(answer) = self.answers.get_mut(&stream) else { return };
                answer.length += content.len() as u64;
                answer.ended |= flags & END_STREAM != 0;
                let mut items = Vec::new();
                answer.body.feed(content, at, &mut items);
                let room = BLOCKS.saturating_sub(answer.blocks.len());
                let blocks = items.into_iter().filter_map(|item| match item {
                    Item::Block(block) => Some(block),
                    _ => None,
                });
                answer.blocks.extend(blocks.take(room));
            }
            _ => {}
        }
    }

    /// A part of a head has come.
    fn block(&mut self, flags: u8, at: Duration) {
        if flags & END_HEADERS == 0 {
            return;
        }
        let Some((stream, is_end, block)) = self.headers.take() else { return };
        let Some(fields) = self.decoder.decode(&block) else {
            self.over = Some("a head that HPACK cannot decode".into());
            return;
        };
        let lines: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                format!("{}: {}", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
            })
            .collect();
        self.note("server", "HEADERS", Some(stream), &lines.join("\n"));
        let Some(answer) = self.answers.get_mut(&stream) else { return };
        answer.ended |= is_end;
        let is_interim = fields.iter().any(|(name, value)| name == b":status" && value.starts_with(b"1"));
        if answer.fields.is_none() && !is_interim {
            (answer.fields, answer.at) = (Some(fields), at);
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

/// A payload without its padding, §6.1.
fn unpadded(flags: u8, payload: &[u8]) -> Option<&[u8]> {
    if flags & PADDED == 0 {
        return Some(payload);
    }
    let (padding, rest) = payload.split_first()?;
    rest.get(..rest.len().checked_sub(usize::from(*padding))?)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    let mut bytes = length.get(1..).unwrap_or_default().to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}
