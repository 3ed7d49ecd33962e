//! An exchange while the response is read.

use std::time::Duration;

use ssespec_strict::http::Piece;
use ssespec_strict::{EventStreamReader, Item};
use tokio::time::{Instant, timeout, timeout_at};

use super::content_coding::Decoder;
use super::curl;
use super::exchange::{End, Event, Exchange, Read, Silence};
use super::opening::{LIMITS, connect, first_bytes};
use super::request::{Method, Request};
use super::response_reader::ResponseReader;
use crate::describe::seconds;
use crate::options::Options;
use crate::own_lateness::pauses_since;
use ssespec_mock_server::client::Connection;

/// The most bytes that are read from a connection. No check needs more.
const MOST: u64 = 8 * 1024 * 1024;

/// How many reads are kept.
const READS: usize = 4096;

/// How many raw bytes, and how many bytes of content, are kept.
const RAW: usize = 16 * 1024;

/// How many event blocks, and how many comments, are kept.
const BLOCKS: usize = 4096;

/// How many bytes of event blocks and comments are kept.
const KEPT: usize = 4 * 1024 * 1024;

/// How many response heads are read: interim ones, and the final ones of a connection that is used again.
const HEADS: usize = 32;

/// How many findings about the stream, and about the response, are kept.
const FINDINGS: usize = 200;

/// An exchange while the response is read.
#[derive(Debug)]
pub(crate) struct OngoingExchange {
    connection: Option<Connection>,
    started: Instant,
    reader: ResponseReader,
    decoder: Decoder,
    body: EventStreamReader,
    /// How many chunks came.
    chunk: u64,
    /// How many bytes of event blocks and comments are kept.
    kept: usize,
    pub(crate) exchange: Exchange,
    is_over: bool,
    /// More heads came than any response has.
    is_flood: bool,
}

impl OngoingExchange {
    /// Connects and sends the request.
    pub(crate) async fn open(options: &Options, request: &Request) -> Self {
        let target = &options.target;
        let sent = request.bytes(&target.authority, &target.path, &options.headers);
        let (mut connection, mut end) = match connect(options, request).await {
            Ok(connection) => (Some(connection), End::StillOpen),
            Err(reason) => (None, End::Unreachable(reason)),
        };
        let (reader, first) = match first_bytes(options, request, &sent) {
            Ok(first) => first,
            Err(reason) => {
                (connection, end) = (None, End::Unreachable(reason));
                (ResponseReader::http1(&request.method, LIMITS), Vec::new())
            }
        };
        let started = Instant::now();
        if let Some(open) = &mut connection {
            // A server may not read all of a long request.
            let mut written = match timeout(options.timeout, open.write(&first)).await {
                Ok(written) => written,
                Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
            };
            if request.half_close && written.is_ok() {
                written = open.shutdown().await;
            }
            // A server may respond before it has read everything and refuse the rest: the response counts.
            if let Err(error) = written {
                end = End::broken(&error);
            }
        }
        Self {
            is_over: connection.is_none(),
            is_flood: false,
            connection,
            started,
            reader,
            decoder: Decoder::new(&[]),
            body: EventStreamReader::new(LIMITS),
            chunk: 0,
            kept: 0,
            exchange: Exchange {
                curl: curl::command(request, &sent, &target.origin()),
                ..Exchange::new(request.clone(), sent, end)
            },
        }
    }

    /// How long ago the request was sent.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// How long after the request this moment was.
    pub(crate) fn time_of(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.started)
    }

    /// Reads until `is_enough` returns true, at most until `limit` after the request.
    pub(crate) async fn read_until(&mut self, limit: Duration, mut is_enough: impl FnMut(&Exchange) -> bool) {
        let deadline = self.started + limit;
        let mut buffer = vec![0; 16 * 1024];
        while !self.is_over && !is_enough(&self.exchange) {
            let Some(connection) = &mut self.connection else { break };
            match timeout_at(deadline, connection.read(&mut buffer)).await {
                Err(_) => break,
                Ok(Ok(0)) => self.closed(End::ClosedEarly),
                Ok(Ok(length)) => {
                    self.take(buffer.get(..length).unwrap_or_default());
                    self.reply().await;
                }
                Ok(Err(error)) => self.closed(End::broken(&error)),
            }
        }
        self.note_time();
    }

    /// Reads until the head has come, at most until `limit` after the request.
    pub(crate) async fn read_head(&mut self, limit: Duration) {
        self.read_until(limit, |exchange| exchange.head().is_some()).await;
    }

    /// Reads for this long, or until the end.
    pub(crate) async fn read_for(&mut self, time: Duration) {
        self.read_until(self.elapsed() + time, |_| false).await;
    }

    /// Sends what the protocol needs to go on.
    async fn reply(&mut self) {
        let bytes = self.reader.take_output();
        let Some(connection) = self.connection.as_mut().filter(|_| !bytes.is_empty()) else { return };
        if let Err(error) = connection.write(&bytes).await
            && !self.is_over
        {
            self.closed(End::broken(&error));
        }
    }

    /// Closes the connection.
    pub(crate) fn finish(mut self) -> Exchange {
        self.note_time();
        if let Some(connection) = &self.connection {
            connection.discard_unread();
        }
        self.exchange
    }

    /// Resets the connection (RST).
    pub(crate) fn reset(mut self) -> Exchange {
        self.note_time();
        if let Some(connection) = self.connection.take() {
            connection.reset();
        }
        self.exchange
    }

    /// Sends another request on the same connection, after a complete response. Returns whether that worked.
    pub(crate) async fn send_again(&mut self, bytes: &[u8], method: &Method) -> bool {
        if !self.reader.ask_again(method) {
            return false;
        }
        let Some(connection) = &mut self.connection else { return false };
        self.is_over = connection.write(bytes).await.is_err();
        self.exchange.end = End::StillOpen;
        !self.is_over
    }

    /// Keeps reading after a complete response: what comes now does not belong to it.
    pub(crate) async fn read_past_end(&mut self, limit: Duration) {
        self.is_over = self.connection.is_none();
        let limit = self.elapsed() + limit;
        let findings = self.exchange.http_findings.len();
        self.read_until(limit, |exchange| exchange.http_findings.len() > findings).await;
    }

    /// Waits for the server to close the connection after a complete response. Returns what happened instead, if anything.
    pub(crate) async fn wait_for_close(&mut self, limit: Duration) -> Option<String> {
        let connection = self.connection.as_mut()?;
        let mut buffer = [0; 1024];
        match timeout(limit, connection.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => None,
            Ok(Ok(length)) => Some(format!("{length} more bytes")),
            Err(_) => Some(format!("the connection was still open after {}", seconds(limit))),
        }
    }

    fn note_time(&mut self) {
        let now = self.elapsed();
        self.exchange.duration = now;
        self.exchange.own_pauses = pauses_since(self.started);
        if self.exchange.head().is_some() && !self.is_over {
            self.note_silence(now);
        }
        self.exchange.terminators = self.body.terminators();
        self.exchange.longest_line = self.body.longest_line();
        self.exchange.is_within_line = self.body.is_within_line();
    }

    /// No byte has come since the last one.
    fn note_silence(&mut self, now: Duration) {
        let since = self.exchange.last_byte;
        let length = now.saturating_sub(since);
        if length > self.exchange.longest_silence.length {
            self.exchange.longest_silence = Silence { length, since };
        }
    }

    /// Bytes have come.
    fn take(&mut self, bytes: &[u8]) {
        let at = self.elapsed();
        let mut pieces = Vec::new();
        let bytes = self.reader.feed(bytes, at, &mut pieces);
        // Frames that are no part of the response are no sign of life of the stream.
        if !bytes.is_empty() {
            if self.exchange.head().is_some() {
                self.note_silence(at);
            }
            self.exchange.last_byte = at;
        }
        self.exchange.raw_length += bytes.len() as u64;
        let room = RAW.saturating_sub(self.exchange.raw.len());
        self.exchange.raw.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
        let before = self.exchange.content_length;
        let is_complete = self.pieces(pieces, at);
        if self.exchange.reads.len() < READS && !bytes.is_empty() {
            let content = usize::try_from(self.exchange.content_length - before).unwrap_or(usize::MAX);
            self.exchange.reads.push(Read { at, length: bytes.len(), content });
        }
        self.exchange.read_count += 1;
        if is_complete {
            self.exchange.end = End::Complete;
            self.is_over = true;
            let mut items = Vec::new();
            self.body.end(&mut items);
            self.items(items);
        } else if let Some(failure) = self.reader.failure() {
            let end = End::of(failure);
            self.closed(end);
        } else if self.reader.is_lost() || self.is_flood || self.length() > MOST {
            // What follows is meaningless, or more than a probe needs.
            let is_flood = !self.reader.is_lost();
            self.exchange.end = if is_flood { End::LimitReached } else { End::StillOpen };
            self.is_over = true;
        }
    }

    /// How much came, and how much it was decoded.
    fn length(&self) -> u64 {
        let shown = self.exchange.raw_length;
        shown + self.reader.hidden(shown) + self.exchange.content_length
    }

    /// Processes what the reader has seen. Returns whether the response is complete.
    fn pieces(&mut self, pieces: Vec<Piece>, at: Duration) -> bool {
        let mut is_complete = false;
        for piece in pieces {
            match piece {
                Piece::Head(head) => {
                    self.decoder = Decoder::new(&head.list("content-encoding"));
                    self.is_flood |= self.exchange.heads.len() >= HEADS;
                    if !self.is_flood {
                        self.exchange.heads.push(*head);
                    }
                    is_complete = false;
                }
                Piece::Chunk(_) => self.chunk += 1,
                Piece::Body(bytes) => {
                    let decoded = self.decoder.decode(bytes);
                    self.exchange.is_undecodable |= self.decoder.is_undecodable();
                    self.exchange.content_length += decoded.len() as u64;
                    let room = RAW.saturating_sub(self.exchange.content.len());
                    self.exchange.content.extend_from_slice(decoded.get(..room).unwrap_or(&decoded));
                    let mut items = Vec::new();
                    self.body.feed(&decoded, at, &mut items);
                    self.items(items);
                }
                Piece::Complete => is_complete = true,
                Piece::Finding(finding) => {
                    if self.exchange.http_findings.len() < FINDINGS {
                        self.exchange.http_findings.push(finding);
                    }
                }
            }
        }
        is_complete
    }

    fn items(&mut self, items: Vec<Item>) {
        let read = self.exchange.read_count;
        for item in items {
            match item {
                Item::Block(block) => {
                    self.exchange.block_fields.blank_line();
                    let size =
                        block.data.as_ref().map_or(0, String::len) + block.id.as_ref().map_or(0, String::len);
                    if self.exchange.events.len() < BLOCKS && self.kept + size <= KEPT {
                        self.kept += size;
                        self.exchange.events.push(Event { block, read, chunk: self.chunk });
                    }
                }
                Item::Comment(comment) => {
                    if self.exchange.comments.len() < BLOCKS && self.kept + comment.text.len() <= KEPT {
                        self.kept += comment.text.len();
                        self.exchange.comments.push(comment);
                    }
                }
                Item::Finding(finding) => {
                    if self.exchange.stream_findings.len() < FINDINGS {
                        self.exchange.stream_findings.push(finding);
                    }
                }
                Item::Field(field) => self.exchange.block_fields.field(&field),
            }
        }
    }

    /// The connection has ended.
    fn closed(&mut self, end: End) {
        let mut pieces = Vec::new();
        self.reader.end(&mut pieces);
        let at = self.elapsed();
        let is_complete = self.pieces(pieces, at) && end == End::ClosedEarly;
        self.exchange.end = if is_complete { End::Complete } else { end };
        let mut items = Vec::new();
        // Only a stream that ended cleanly can have a faulty last block.
        if is_complete {
            self.body.end(&mut items);
        }
        self.items(items);
        self.is_over = true;
    }
}
