//! A stream over HTTP/2, over TLS with ALPN or over cleartext TCP with prior knowledge,
//! <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>, on a connection of its own. The `h2` crate speaks; the strict reader reads.

use std::io;

use ssespec_cases::server::{Leaving, Request};
use ssespec_mock_server::client::Connection;
use ssespec_mock_server::wire::http2::client::Client;
use ssespec_strict::http2::fields::{Field, Malformed};
use ssespec_strict::http2::reader::{Http2Reader, Piece};

use super::outlet::{self, Control, Left, Outlet};
use super::served_url::Target;
use super::stream_contents::{Content, ResponseHead, Seen};
use crate::target::Security;

/// How many bytes a single read takes.
const READ: usize = 16 * 1024;

/// An open connection whose request was sent.
#[derive(Debug)]
pub(super) struct Http2Stream {
    socket: Connection,
    client: Client,
    reader: Http2Reader,
    /// The number of the stream.
    number: u32,
    content: Content,
    outlet: Outlet,
    answered: bool,
    over: bool,
    total: u64,
}

impl Http2Stream {
    /// Sends the request on a new connection.
    ///
    /// # Errors
    /// If the server chose another protocol in the TLS handshake, or HTTP/2 does not allow the request.
    pub(super) async fn open(
        mut socket: Connection,
        target: &Target,
        asked: &Request,
        (content, outlet): (Content, Outlet),
    ) -> io::Result<Self> {
        let head = head(target, asked).map_err(io::Error::other)?;
        if target.security == Security::Tls && socket.protocol.as_deref() != Some(b"h2") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "ALPN does not choose h2"));
        }
        let mut client = Client::start().map_err(io::Error::other)?;
        let number =
            client.request(head, asked.body.clone().map(bytes::Bytes::from)).map_err(io::Error::other)?;
        // A server may refuse the rest before it has read everything: its answer counts.
        let _ = socket.write(&client.take_output()).await;
        Ok(Self {
            socket,
            client,
            reader: Http2Reader::default(),
            number,
            content,
            outlet,
            answered: false,
            over: false,
            total: 0,
        })
    }

    /// Reads until the connection ends or is left.
    pub(super) async fn live(mut self, mut control: Control) {
        let mut buffer = vec![0; READ];
        let mut ended = false;
        loop {
            let read = tokio::select! {
                biased;
                left = control.next() => match left {
                    Some(left) => return self.leave(left, control).await,
                    None => continue,
                },
                read = self.socket.read(&mut buffer), if !ended && control.reads() => read,
            };
            let mut seen = Vec::new();
            let closed = matches!(read, Ok(0) | Err(_));
            match read {
                Ok(0) => self.cut("the server closed the connection before the stream ended", &mut seen),
                Ok(length) => self.take(buffer.get(..length).unwrap_or_default(), &mut seen).await,
                Err(error) => self.cut(&format!("the connection broke: {error}"), &mut seen),
            }
            ended = closed || seen.iter().any(|seen| matches!(seen, Seen::Broken(_)));
            if let Some(left) = self.outlet.tell(seen, &mut control).await {
                return self.leave(left, control).await;
            }
        }
    }

    /// Leaves the stream. A reset affects only the stream: the connection stays open until the session ends.
    async fn leave(mut self, left: Left, mut control: Control) {
        if left == Left::HungUp(Leaving::Reset) {
            self.client.cancel(self.number);
            // The server may be gone.
            let _ = self.socket.write(&self.client.take_output()).await;
            tokio::spawn(async move {
                while control.next().await.is_none() {}
                drop(self);
            });
        }
    }

    /// The stream broke.
    fn cut(&mut self, why: &str, seen: &mut Vec<Seen>) {
        if !self.over {
            self.over = true;
            seen.push(Seen::Broken(why.into()));
        }
    }

    /// Takes the bytes of a read.
    async fn take(&mut self, bytes: &[u8], seen: &mut Vec<Seen>) {
        self.total += bytes.len() as u64;
        seen.extend(self.outlet.bytes(bytes));
        let mut pieces = Vec::new();
        self.reader.feed(bytes, &mut pieces);
        for piece in pieces {
            self.piece(piece, seen);
        }
        self.client.receive(bytes);
        if self.socket.write(&self.client.take_output()).await.is_err() {
            self.cut("the server closed the connection before the stream ended", seen);
        }
        let most = self.content.reading().most;
        if self.total > most {
            self.cut(&format!("more than {} MiB arrived", most >> 20), seen);
        }
    }

    fn piece(&mut self, piece: Piece, seen: &mut Vec<Seen>) {
        match piece {
            Piece::GoAway { code } if code != 0 => self.cut(&format!("GOAWAY with code {code}"), seen),
            Piece::Reset { stream, code } if stream == self.number => {
                self.cut(&format!("RST_STREAM with code {code}"), seen);
            }
            Piece::Fields { stream, fields, is_end } if stream == self.number => {
                self.fields(fields, is_end, seen);
            }
            Piece::Data { stream, .. } if stream == self.number && !self.answered => {
                self.cut("a DATA frame before the head", seen);
            }
            Piece::Data { stream, content, is_end } if stream == self.number => {
                let at = self.outlet.elapsed();
                self.content.feed(&content, at, seen);
                self.ends(is_end, seen);
            }
            Piece::Fault(fault) => self.cut(&fault.to_string(), seen),
            Piece::GoAway { .. }
            | Piece::Reset { .. }
            | Piece::Fields { .. }
            | Piece::Data { .. }
            | Piece::Settings(_) => {}
        }
    }

    /// A head or trailers arrived.
    fn fields(&mut self, fields: Vec<Field>, is_end: bool, seen: &mut Vec<Seen>) {
        let status = fields.iter().find(|field| field.name == b":status");
        let status = status.and_then(|field| str::from_utf8(&field.value).ok()?.parse::<u16>().ok());
        match status {
            // Another head follows.
            Some(100..200) => return,
            // Trailers.
            None if self.answered => {}
            None => return self.cut("a head without :status", seen),
            Some(status) => {
                self.answered = true;
                self.content.head(ResponseHead { status, fields: named(fields, seen) }, seen);
            }
        }
        self.ends(is_end, seen);
    }

    fn ends(&mut self, is_end: bool, seen: &mut Vec<Seen>) {
        if is_end && !self.over {
            self.over = true;
            self.content.end(seen);
        }
    }
}

/// The fields of a head without pseudo-header fields, and what is wrong with them.
fn named(fields: Vec<Field>, seen: &mut Vec<Seen>) -> Vec<(String, Vec<u8>)> {
    let mut list = Vec::new();
    for field in fields.into_iter().filter(|field| !field.name.starts_with(b":")) {
        let name = String::from_utf8_lossy(&field.name).into_owned();
        seen.extend(field.malformed().map(|malformed| {
            Seen::Violation(match malformed {
                Malformed::ConnectionSpecific => {
                    format!("in HTTP/2, the connection-specific field {name}")
                }
                Malformed::Uppercase => format!("in HTTP/2, the field {name} in uppercase"),
            })
        }));
        list.push((name, field.value));
    }
    list
}

/// The head of the request.
fn head(target: &Target, request: &Request) -> Result<http::Request<()>, http::Error> {
    let mut head = http::Request::builder().method(request.method.as_str()).uri(format!(
        "{}{}",
        target.origin(),
        target.path
    ));
    for (name, value) in outlet::fields(target, request) {
        if !name.eq_ignore_ascii_case("host") {
            head = head.header(name, value);
        }
    }
    head.body(())
}
