//! An answer while it comes.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::coding::Decoder;
use super::connection::{Connection, Offer};
use super::exchange::{End, Event, Exchange, Read};
use super::{Ask, Method};
use crate::Options;
use ssespec_strict::http::{Piece, Reader};
use ssespec_strict::{EventStreamReader, Item, Limits};

/// What is kept of a line, an event and a head.
const LIMITS: Limits = Limits { head: 64 * 1024, line: 1024 * 1024, data: 1024 * 1024 };

/// After so many bytes a connection is left: no stream of a probe needs more.
const MOST: u64 = 8 * 1024 * 1024;

/// What is kept of an exchange.
const READS: usize = 4096;
const RAW: usize = 16 * 1024;
const BLOCKS: usize = 4096;
const KEPT: usize = 4 * 1024 * 1024;
const FINDINGS: usize = 200;

/// An answer while it comes.
#[derive(Debug)]
pub(crate) struct Live {
    connection: Option<Connection>,
    began: Instant,
    reader: Reader,
    decoder: Decoder,
    body: EventStreamReader,
    chunk: u64,
    kept: usize,
    pub(crate) exchange: Exchange,
    is_over: bool,
}

impl Live {
    /// Connects and sends the request.
    pub(crate) async fn open(options: &Options, ask: &Ask) -> Self {
        let target = &options.target;
        let sent = ask.bytes(&target.authority, &target.path, &options.headers);
        let opened = Connection::open(target, &options.trust, Offer::Http11, options.timeout).await;
        let (mut connection, mut end) = match opened {
            Ok(connection) => (Some(connection), End::Left),
            Err(error) => (None, End::Unreachable(error.to_string())),
        };
        let began = Instant::now();
        if let Some(open) = &mut connection {
            // A server may leave what is long unread.
            let mut written = match timeout(options.timeout, open.write(&sent)).await {
                Ok(written) => written,
                Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
            };
            if ask.half_close && written.is_ok() {
                written = open.shutdown().await;
            }
            // A server may answer before it has read everything, and refuse the rest: its answer counts.
            if let Err(error) = written {
                end = End::Broken(error.to_string());
            }
        }
        Self {
            is_over: connection.is_none(),
            connection,
            began,
            reader: Reader::new(ask.method.asked(), LIMITS),
            decoder: Decoder::new(&[]),
            body: EventStreamReader::new(LIMITS),
            chunk: 0,
            kept: 0,
            exchange: Exchange::new(ask.clone(), sent, end),
        }
    }

    /// How long ago the request was sent.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// How long after the request a moment was.
    pub(crate) fn at(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.began)
    }

    /// Reads until `enough` says so, at most until this long after the request.
    pub(crate) async fn until(&mut self, limit: Duration, mut enough: impl FnMut(&Exchange) -> bool) {
        let deadline = self.began + limit;
        let mut buffer = vec![0; 16 * 1024];
        while !self.is_over && !enough(&self.exchange) {
            let Some(connection) = &mut self.connection else { break };
            match timeout_at(deadline, connection.read(&mut buffer)).await {
                Err(_) => break,
                Ok(Ok(0)) => self.closed(End::Cut),
                Ok(Ok(length)) => self.take(buffer.get(..length).unwrap_or_default()),
                Ok(Err(error)) => self.closed(End::Broken(error.to_string())),
            }
        }
        self.note_time();
    }

    /// Leaves, and gives what came.
    pub(crate) fn finish(mut self) -> Exchange {
        self.note_time();
        self.exchange
    }

    /// Leaves by RST.
    pub(crate) fn reset(mut self) -> Exchange {
        self.note_time();
        if let Some(connection) = self.connection.take() {
            connection.reset();
        }
        self.exchange
    }

    /// Sends a further request on the same connection, whose answer follows. Only after a complete message.
    pub(crate) async fn again(&mut self, bytes: &[u8], method: &Method) -> bool {
        self.reader.ask_again(method.asked());
        let Some(connection) = &mut self.connection else { return false };
        self.is_over = connection.write(bytes).await.is_err();
        self.exchange.end = End::Left;
        !self.is_over
    }

    /// Reads on after a complete message, at most this long: whatever comes is not of it.
    pub(crate) async fn linger(&mut self, limit: Duration) {
        self.is_over = self.connection.is_none();
        let limit = self.elapsed() + limit;
        let findings = self.exchange.http.len();
        self.until(limit, |exchange| exchange.http.len() > findings).await;
    }

    /// Waits for the server to close the connection after a complete message; what happens instead.
    pub(crate) async fn closing(&mut self, limit: Duration) -> Option<String> {
        let connection = self.connection.as_mut()?;
        let mut buffer = [0; 1024];
        match timeout(limit, connection.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => None,
            Ok(Ok(length)) => Some(format!("{length} more bytes")),
            Err(_) => Some(format!("the connection was open after {}", super::exchange::seconds(limit))),
        }
    }

    fn note_time(&mut self) {
        let now = self.elapsed();
        self.exchange.watched = now;
        if self.exchange.head().is_some() && !self.is_over {
            self.note_silence(now);
        }
        self.exchange.terminators = self.body.terminators();
        self.exchange.longest_line = self.body.longest_line();
        self.exchange.is_within_line = self.body.is_within_line();
    }

    /// There was no byte until now.
    fn note_silence(&mut self, now: Duration) {
        let since = self.exchange.last_byte;
        let silent = now.saturating_sub(since);
        if silent > self.exchange.silence.0 {
            self.exchange.silence = (silent, since);
        }
    }

    /// Bytes have come.
    fn take(&mut self, bytes: &[u8]) {
        let at = self.elapsed();
        if self.exchange.head().is_some() {
            self.note_silence(at);
        }
        self.exchange.last_byte = at;
        self.exchange.raw_length += bytes.len() as u64;
        let room = RAW.saturating_sub(self.exchange.raw.len());
        self.exchange.raw.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        let mut pieces = Vec::new();
        self.reader.feed(bytes, at, &mut pieces);
        let before = self.exchange.content_length;
        let is_complete = self.pieces(pieces, at);
        if self.exchange.reads.len() < READS {
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
        } else if self.reader.is_lost() || self.exchange.raw_length + self.exchange.content_length > MOST {
            // What follows has no meaning, or is of no use.
            let is_flood = !self.reader.is_lost();
            self.exchange.end = if is_flood { End::TooMuch } else { End::Left };
            self.is_over = true;
        }
    }

    /// Takes what the reader has seen; says whether the message is complete.
    fn pieces(&mut self, pieces: Vec<Piece>, at: Duration) -> bool {
        let mut is_complete = false;
        for piece in pieces {
            match piece {
                Piece::Head(head) => {
                    self.decoder = Decoder::new(&head.list("content-encoding"));
                    self.exchange.heads.push(*head);
                    is_complete = false;
                }
                Piece::Chunk(_) => self.chunk += 1,
                Piece::Body(bytes) => {
                    let decoded = self.decoder.decode(bytes);
                    self.exchange.is_opaque |= self.decoder.is_opaque();
                    self.exchange.content_length += decoded.len() as u64;
                    let room = RAW.saturating_sub(self.exchange.content.len());
                    self.exchange.content.extend_from_slice(decoded.get(..room).unwrap_or(&decoded));
                    let mut items = Vec::new();
                    self.body.feed(&decoded, at, &mut items);
                    self.items(items);
                }
                Piece::Complete => is_complete = true,
                Piece::Finding(finding) => self.exchange.http.push(finding),
            }
        }
        is_complete
    }

    fn items(&mut self, items: Vec<Item>) {
        let read = self.exchange.read_count;
        for item in items {
            match item {
                Item::Block(block) => {
                    self.exchange.pending.blank_line();
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
                    if self.exchange.findings.len() < FINDINGS {
                        self.exchange.findings.push(finding);
                    }
                }
                Item::Field(field) => self.exchange.pending.field(&field),
            }
        }
    }

    /// The connection has ended.
    fn closed(&mut self, end: End) {
        let mut pieces = Vec::new();
        self.reader.end(&mut pieces);
        let at = self.elapsed();
        let is_complete = self.pieces(pieces, at) && end == End::Cut;
        self.exchange.end = if is_complete { End::Complete } else { end };
        let mut items = Vec::new();
        // Only what ended as it should can be wrong in its last block.
        if is_complete {
            self.body.end(&mut items);
        }
        self.items(items);
        self.is_over = true;
    }
}
