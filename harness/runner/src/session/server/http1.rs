//! A stream over HTTP/1.x: a socket, and the strict reader behind it.

use std::io;
use std::time::{Duration, Instant};

use ssespec_cases::server::{Http, Leaving, Request};
use ssespec_mock_server::client::Connection;
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::outlet::{self, Control, Left, Outlet};
use super::served_url::Target;
use super::stream_contents::{Content, ResponseHead, Seen};
use crate::findings;
use ssespec_strict::http::{Asked, Http1Reader, Piece};
use ssespec_strict::{Finding, FindingKind};

/// The bytes of a request.
pub(super) fn request(target: &Target, request: &Request) -> Vec<u8> {
    let version = if request.http == Http::Http10 { "HTTP/1.0" } else { "HTTP/1.1" };
    let mut bytes = format!("{} {} {version}\r\n", request.method, target.path).into_bytes();
    for (name, value) in outlet::fields(target, request) {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if let Some(body) = &request.body {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body.as_deref().unwrap_or_default().as_bytes());
    bytes
}

/// How often a socket with unread bytes is asked whether they are the last.
const UNREAD: Duration = Duration::from_millis(5);

/// Waits until the peer has closed its side of the connection. Nothing is read, so the system cannot say when more than
/// unread bytes has come.
async fn closed_by_peer(socket: &TcpStream) {
    while let Ok(ready) = socket.ready(Interest::READABLE).await {
        if ready.is_read_closed() {
            return;
        }
        tokio::time::sleep(UNREAD).await;
    }
}

/// Waits until the stream must be left. It cannot be read any more.
async fn left_at_last(control: &mut Control) -> Left {
    loop {
        if let Some(left) = control.next().await {
            return left;
        }
    }
}

/// How many bytes a single read takes.
const READ: usize = 64 * 1024;

/// How long an intermediary may take to close the connection after an invalid chunk.
const CLOSING: Duration = Duration::from_secs(1);

/// Waits until the connection should have been closed after an invalid chunk.
async fn end_is_late(invalid: Option<&InvalidChunk>) {
    match invalid {
        Some(invalid) => tokio::time::sleep_until(invalid.until.into()).await,
        None => std::future::pending().await,
    }
}

/// An open connection whose request was sent.
#[derive(Debug)]
pub(super) struct Http1Stream {
    socket: Connection,
    reader: Http1Reader,
    content: Content,
    outlet: Outlet,
    total: u64,
    /// An invalid chunk with which an intermediary may have broken a response off.
    invalid_chunk: Option<InvalidChunk>,
}

/// An invalid chunk: the end of the connection must follow.
#[derive(Debug)]
struct InvalidChunk {
    finding: Finding,
    until: Instant,
}

impl Http1Stream {
    /// Sends the request on a new connection.
    pub(super) async fn open(
        mut socket: Connection,
        target: &Target,
        asked: &Request,
        (content, outlet): (Content, Outlet),
    ) -> Self {
        // A server may answer before it has read everything, and refuse the rest: its answer counts.
        let _ = socket.write(&request(target, asked)).await;
        let method = if asked.method == "HEAD" { Asked::Head } else { Asked::Other };
        let reader = Http1Reader::new(method, outlet.limits());
        Self { socket, reader, content, outlet, total: 0, invalid_chunk: None }
    }

    /// Reads until the connection ends or is left.
    pub(super) async fn live(mut self, mut control: Control) {
        let mut buffer = vec![0; READ];
        let mut ended = false;
        loop {
            let mut seen = Vec::new();
            let read = tokio::select! {
                biased;
                left = control.next() => match left {
                    Some(left) => return self.leave(left, control).await,
                    None => continue,
                },
                read = self.socket.read(&mut buffer), if !ended && control.reads() => Some(read),
                () = end_is_late(self.invalid_chunk.as_ref()) => None,
            };
            match read {
                None => {
                    let invalid = self.invalid_chunk.take();
                    seen.extend(invalid.map(|invalid| self.content.http(&invalid.finding)));
                }
                Some(Ok(0)) => {
                    ended = true;
                    self.closed(None, &mut seen);
                }
                Some(Ok(length)) => ended = !self.take(buffer.get(..length).unwrap_or_default(), &mut seen),
                Some(Err(error)) => {
                    ended = true;
                    self.closed(Some(&error), &mut seen);
                }
            }
            if let Some(left) = self.outlet.tell(seen, &mut control).await {
                return self.leave(left, control).await;
            }
        }
    }

    /// Leaves the connection. What has come and was not read would turn a FIN into an RST.
    async fn leave(mut self, mut left: Left, mut control: Control) {
        if left == Left::HungUp(Leaving::HalfClose) {
            left = self.half_close(&mut control).await;
        }
        match left {
            Left::HungUp(Leaving::Reset) => drop(self.socket.tcp().set_zero_linger()),
            Left::HungUp(Leaving::Fin | Leaving::HalfClose) | Left::Forgotten => {
                let mut rest = [0; 4096];
                let mut drained = 0;
                while drained < READ && matches!(self.socket.tcp().try_read(&mut rest), Ok(1..)) {
                    drained += rest.len();
                }
            }
        }
    }

    /// Sends FIN, and reports when the server closes its side, until the connection must be left altogether.
    async fn half_close(&mut self, control: &mut Control) -> Left {
        // The server may be gone.
        let _ = self.socket.shutdown().await;
        tokio::select! {
            biased;
            left = left_at_last(control) => return left,
            () = closed_by_peer(self.socket.tcp()) => {}
        }
        match self.outlet.tell(vec![Seen::Closed], control).await {
            Some(left) => left,
            None => left_at_last(control).await,
        }
    }

    /// Bytes have come; says whether more of them are wanted.
    fn take(&mut self, bytes: &[u8], seen: &mut Vec<Seen>) -> bool {
        let at = self.outlet.elapsed();
        self.total += bytes.len() as u64;
        seen.extend(self.outlet.bytes(bytes));
        let mut pieces = Vec::new();
        self.reader.feed(bytes, at, &mut pieces);
        self.pieces(pieces, seen);
        let most = self.content.reading().most;
        if self.total > most {
            seen.push(Seen::Violation(format!("more than {} MiB arrived", most >> 20)));
        }
        self.total <= most
    }

    fn pieces(&mut self, pieces: Vec<Piece>, seen: &mut Vec<Seen>) {
        let at = self.outlet.elapsed();
        for piece in pieces {
            match piece {
                // Another head follows.
                Piece::Head(head) if (100..200).contains(&head.status) && head.status != 101 => {}
                Piece::Head(head) => {
                    let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
                    let fields = head.fields.iter().map(|field| (name(&field.name), field.value.clone()));
                    let head = ResponseHead { status: head.status, fields: fields.collect() };
                    self.content.head(head, seen);
                }
                Piece::Body(bytes) => self.content.feed(&bytes, at, seen),
                Piece::Chunk(_) => {}
                Piece::Complete => self.content.end(seen),
                // What it means is told when the connection has ended.
                Piece::Finding(Finding { kind: FindingKind::Truncated, .. }) => {}
                Piece::Finding(finding) if self.content.may_break_off(finding.kind) => {
                    self.invalid_chunk = Some(InvalidChunk { finding, until: Instant::now() + CLOSING });
                }
                Piece::Finding(finding) => seen.push(self.content.http(&finding)),
            }
        }
    }

    /// The connection has ended. After an invalid chunk this is one way to break a response off.
    fn closed(&mut self, error: Option<&io::Error>, seen: &mut Vec<Seen>) {
        let complete = self.reader.is_complete();
        match error {
            // What a reset cuts is not complete, however it is framed.
            Some(error) => {
                if !complete {
                    seen.push(Seen::Broken(format!("the connection broke: {error}")));
                }
            }
            None => {
                let mut pieces = Vec::new();
                self.reader.end(&mut pieces);
                let ends = pieces.iter().any(|piece| matches!(piece, Piece::Complete));
                self.pieces(pieces, seen);
                if !complete && !ends {
                    seen.push(Seen::Broken(match self.invalid_chunk.take() {
                        Some(InvalidChunk { finding, .. }) => {
                            format!(
                                "the connection was closed after an invalid chunk: {}",
                                findings::describe(&finding)
                            )
                        }
                        None => "the server closed the connection before the message ended".into(),
                    }));
                }
            }
        }
    }
}

#[cfg(all(test, feature = "intermediary"))]
mod tests;
