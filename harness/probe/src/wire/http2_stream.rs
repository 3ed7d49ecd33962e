//! One response over HTTP/2, on a connection of its own, as pieces of a message. The `h2` crate speaks; the strict reader
//! reads.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use ssespec_mock_server::wire::http2::client::Client;
use ssespec_strict::http::{FieldLine, Framing, Head, Piece};
use ssespec_strict::http2::fields::Field;
use ssespec_strict::http2::reader::{Http2Reader, Piece as Http2Piece};

/// One request over HTTP/2, and its response.
#[derive(Debug)]
pub(crate) struct Http2Stream {
    client: Client,
    reader: Http2Reader,
    number: u32,
    has_final_head: bool,
    /// How many bytes came, with everything that is not content.
    length: u64,
    failure: Option<Failure>,
}

/// Why there will be nothing more of a response, although it is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server ended it, in these words.
    ByServer(String),
    /// Clients end it, because HTTP/2 does not allow its head.
    Malformed,
}

impl Http2Stream {
    /// A connection that begins with a request.
    ///
    /// # Errors
    /// If HTTP/2 does not allow the request: why.
    pub(crate) fn begin(head: http::Request<()>, content: Option<Bytes>) -> Result<Self, String> {
        let mut client = Client::start().map_err(|error| error.to_string())?;
        let number = client.request(head, content).map_err(|error| error.to_string())?;
        let reader = Http2Reader::default();
        Ok(Self { client, reader, number, has_final_head: false, length: 0, failure: None })
    }

    /// The bytes to send to the server.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        self.client.take_output()
    }

    /// Why there will be nothing more of the response, although it is not complete.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// How many bytes came on the connection.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Takes bytes of the connection. Returns what to show for them: heads as over HTTP/1.1, and content.
    pub(crate) fn feed(&mut self, bytes: &[u8], at: Duration, pieces: &mut Vec<Piece>) -> Vec<u8> {
        self.length += bytes.len() as u64;
        let (mut shown, mut read) = (Vec::new(), Vec::new());
        self.reader.feed(bytes, &mut read);
        self.client.receive(bytes);
        for piece in read {
            let is_end = match piece {
                Http2Piece::Fields { stream, fields, is_end } if stream == self.number => {
                    self.fields(&fields, at, is_end, pieces, &mut shown);
                    is_end
                }
                Http2Piece::Data { stream, content, is_end } if stream == self.number => {
                    shown.extend_from_slice(&content);
                    if !content.is_empty() {
                        pieces.push(Piece::Body(content));
                    }
                    is_end
                }
                Http2Piece::Reset { stream, code } if stream == self.number => {
                    self.fail(format!("the server reset the stream with code {code}"));
                    false
                }
                // A connection that ends without an error goes on with the streams that it has.
                Http2Piece::GoAway { code } if code != 0 => {
                    self.fail(format!("GOAWAY with code {code}"));
                    false
                }
                Http2Piece::Fault(fault) => {
                    self.fail(fault.to_string());
                    false
                }
                _ => false,
            };
            if is_end {
                pieces.push(Piece::Complete);
            }
        }
        if let Some(error) = self.client.error().map(|error| format!("clients end the connection: {error}")) {
            self.fail(error);
        }
        shown
    }

    fn fail(&mut self, reason: String) {
        self.failure.get_or_insert(Failure::ByServer(reason));
    }

    /// Takes a head, or trailers.
    fn fields(
        &mut self,
        fields: &[Field],
        at: Duration,
        is_end: bool,
        pieces: &mut Vec<Piece>,
        shown: &mut Vec<u8>,
    ) {
        let head = head(fields, at, is_end);
        let mut line = String::new();
        if head.status != 0 {
            // Writing to a string does not fail.
            let _ = write!(line, "HTTP/2 {}\r\n", head.status);
        }
        shown.extend_from_slice(line.as_bytes());
        for field in &head.fields {
            shown.extend_from_slice(&field.line());
            shown.extend_from_slice(b"\r\n");
        }
        shown.extend_from_slice(b"\r\n");
        if self.has_final_head {
            return;
        }
        self.has_final_head = !(100..200).contains(&head.status);
        if fields.iter().any(|field| field.malformed().is_some()) {
            self.failure = Some(Failure::Malformed);
        }
        pieces.push(Piece::Head(Box::new(head)));
    }
}

/// The head in a field block.
fn head(fields: &[Field], at: Duration, is_end: bool) -> Head {
    let is_pseudo = |field: &&Field| field.name.starts_with(b":");
    let status = fields.iter().find(|field| field.name == b":status");
    let status = status.and_then(|field| std::str::from_utf8(&field.value).ok()?.parse().ok());
    let lines = fields.iter().filter(|field| !is_pseudo(field));
    let line = |field: &Field| FieldLine { offset: 0, name: field.name.clone(), value: field.value.clone() };
    Head {
        offset: 0,
        length: 0,
        at,
        minor_version: 1,
        status: status.unwrap_or_default(),
        reason: Vec::new(),
        fields: lines.map(line).collect(),
        // Frames say where the content ends, as chunks do.
        framing: if is_end { Framing::None } else { Framing::Chunked },
    }
}
