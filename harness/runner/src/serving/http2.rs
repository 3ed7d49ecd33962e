//! A stream over HTTP/2 in clear text with prior knowledge, <https://www.rfc-editor.org/rfc/rfc9113#section-3.3>: a
//! connection of its own, read frame by frame.

use std::io;

use ssespec_cases::server::Request;
use ssespec_mock_server::action::Drop;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::seen::{Content, ResponseHead, Seen};
use super::stream::{self, Control, Left, Outlet};
use super::target::Target;
use ssespec_strict::http2::frame::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME, GOAWAY, HEADERS, OF_CONNECTIONS, PADDED, PING,
    PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE,
};
use ssespec_strict::http2::hpack::{Decoder, Field, encode};

/// The longest head that is read, in bytes.
const HEAD: usize = 256 * 1024;

/// The one stream of the connection.
const STREAM: u32 = 1;

/// The code of a stream that is no longer wanted, §7.
const CANCEL: u32 = 8;

/// An open connection whose request was sent.
#[derive(Debug)]
pub(super) struct Connection {
    socket: TcpStream,
    content: Content,
    outlet: Outlet,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// A head of which parts are still to come, and whether the stream ends with it.
    head: Option<(bool, Vec<u8>)>,
    greeted: bool,
    answered: bool,
    over: bool,
    total: u64,
}

impl Connection {
    /// Connects and sends the request.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(super) async fn open(
        target: &Target,
        asked: &Request,
        content: Content,
        outlet: Outlet,
    ) -> io::Result<Self> {
        let mut socket = TcpStream::connect((target.host.as_str(), target.port)).await?;
        socket.set_nodelay(true)?;
        // A server may refuse the rest before it has read everything: its answer counts.
        let _ = socket.write_all(&hello(target, asked)).await;
        Ok(Self {
            socket,
            content,
            outlet,
            decoder: Decoder::default(),
            buffer: Vec::new(),
            head: None,
            greeted: false,
            answered: false,
            over: false,
            total: 0,
        })
    }

    /// Reads until the connection ends or is left.
    pub(super) async fn live(mut self, mut control: Control) {
        let mut buffer = vec![0; FRAME];
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

    /// Leaves the stream. A reset is of the stream alone: the connection lives on until the session is over.
    async fn leave(mut self, left: Left, mut control: Control) {
        if left == Left::HungUp(Drop::Reset) {
            // Who has gone needs no goodbye.
            let _ = self.socket.write_all(&frame(RST_STREAM, 0, STREAM, &CANCEL.to_be_bytes())).await;
            tokio::spawn(async move {
                while control.next().await.is_none() {}
                drop(self);
            });
        }
    }

    /// The connection has ended.
    fn cut(&mut self, why: &str, seen: &mut Vec<Seen>) {
        if !self.over {
            self.over = true;
            seen.push(Seen::Broken(why.into()));
        }
    }

    /// Bytes have come.
    async fn take(&mut self, bytes: &[u8], seen: &mut Vec<Seen>) {
        self.total += bytes.len() as u64;
        seen.extend(self.outlet.bytes(bytes));
        self.buffer.extend_from_slice(bytes);
        while let Some((kind, flags, stream, payload)) = self.next_frame(seen) {
            let answer = self.frame((kind, flags, stream), &payload, seen);
            if !answer.is_empty() && self.socket.write_all(&answer).await.is_err() {
                self.cut("the server closed the connection before the stream ended", seen);
            }
        }
        let most = self.content.manner().most;
        if self.total > most {
            self.cut(&format!("more than {} MiB came", most >> 20), seen);
        }
    }

    /// The next whole frame: its type, flags, stream and payload.
    fn next_frame(&mut self, seen: &mut Vec<Seen>) -> Option<(u8, u8, u32, Vec<u8>)> {
        let [a, b, c, kind, flags, s1, s2, s3, s4] = self.buffer.first_chunk::<9>().copied()?;
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if !self.greeted && kind != SETTINGS {
            let start = String::from_utf8_lossy(self.buffer.get(..40).unwrap_or(&self.buffer)).into_owned();
            self.cut(&format!("the first frame is no SETTINGS: {start:?}"), seen);
        } else if length > FRAME {
            self.cut(&format!("a frame of {length} bytes, beyond the largest allowed"), seen);
        }
        if self.over && seen.iter().any(|seen| matches!(seen, Seen::Broken(_))) {
            self.buffer.clear();
            return None;
        }
        self.greeted = true;
        let payload = self.buffer.get(9..9 + length)?.to_vec();
        self.buffer.drain(..9 + length);
        Some((kind, flags, u32::from_be_bytes([s1, s2, s3, s4]) & 0x7FFF_FFFF, payload))
    }

    /// Takes a frame; gives what is to be answered.
    fn frame(
        &mut self,
        (kind, flags, stream): (u8, u8, u32),
        payload: &[u8],
        seen: &mut Vec<Seen>,
    ) -> Vec<u8> {
        let code = |at: usize| {
            let code = payload.get(at..at + 4).and_then(|code| code.try_into().ok());
            code.map_or(0, u32::from_be_bytes)
        };
        match kind {
            SETTINGS if flags & ACK == 0 => return frame(SETTINGS, ACK, 0, &[]),
            PING if flags & ACK == 0 => return frame(PING, ACK, 0, payload),
            GOAWAY if code(4) != 0 => self.cut(&format!("GOAWAY with code {}", code(4)), seen),
            RST_STREAM if stream == STREAM => self.cut(&format!("RST_STREAM with code {}", code(0)), seen),
            HEADERS if stream == STREAM => match unpadded(flags, payload) {
                Some(block) => {
                    let block = if flags & PRIORITY == 0 { Some(block) } else { block.get(5..) };
                    self.head = Some((flags & END_STREAM != 0, block.unwrap_or_default().to_vec()));
                    self.block(flags, seen);
                }
                None => self.cut("a malformed HEADERS frame", seen),
            },
            CONTINUATION => match &mut self.head {
                Some((_, block)) if block.len() < HEAD => {
                    block.extend_from_slice(payload);
                    self.block(flags, seen);
                }
                _ => self.cut("a CONTINUATION frame out of place", seen),
            },
            DATA if stream == STREAM => match unpadded(flags, payload) {
                Some(_) if !self.answered => self.cut("a DATA frame before the head", seen),
                Some(content) => {
                    let at = self.outlet.elapsed();
                    self.content.feed(content, at, seen);
                    self.ends(flags & END_STREAM != 0, seen);
                }
                None => self.cut("a malformed DATA frame", seen),
            },
            _ => {}
        }
        Vec::new()
    }

    /// A part of a head has come.
    fn block(&mut self, flags: u8, seen: &mut Vec<Seen>) {
        if flags & END_HEADERS == 0 {
            return;
        }
        let Some((is_end, block)) = self.head.take() else { return };
        let Some(fields) = self.decoder.decode(&block) else {
            return self.cut("a head that HPACK cannot decode", seen);
        };
        let status = fields.iter().find(|(name, _)| name == b":status");
        let status = status.and_then(|(_, status)| str::from_utf8(status).ok()?.parse::<u16>().ok());
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

/// The fields of a head that are no pseudo-fields, and what is wrong with them.
fn named(fields: Vec<Field>, seen: &mut Vec<Seen>) -> Vec<(String, Vec<u8>)> {
    let mut list = Vec::new();
    for (name, value) in fields.into_iter().filter(|(name, _)| !name.starts_with(b":")) {
        let name = String::from_utf8_lossy(&name).into_owned();
        if OF_CONNECTIONS.contains(&name.as_str()) {
            seen.push(Seen::Violation(format!("in HTTP/2, the field {name}, which is of connections")));
        } else if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            seen.push(Seen::Violation(format!("in HTTP/2, the field {name} in upper case")));
        }
        list.push((name, value));
    }
    list
}

/// All that is said first: the preface, our settings, and the request.
fn hello(target: &Target, request: &Request) -> Vec<u8> {
    let mut bytes = PREFACE.to_vec();
    // No pushes, and as much window as there is: who does not read holds up the socket.
    bytes.extend(frame(SETTINGS, 0, 0, &[0, 2, 0, 0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF]));
    bytes.extend(frame(WINDOW_UPDATE, 0, 0, &0x7FFF_0000_u32.to_be_bytes()));
    let mut fields: Vec<Field> = vec![
        (b":method".to_vec(), request.method.clone().into_bytes()),
        (b":scheme".to_vec(), b"http".to_vec()),
        (b":authority".to_vec(), target.authority.clone().into_bytes()),
        (b":path".to_vec(), target.path.clone().into_bytes()),
    ];
    let others = stream::fields(target, request).into_iter();
    let others = others.filter(|(name, _)| !name.eq_ignore_ascii_case("host"));
    fields.extend(others.map(|(name, value)| (name.to_ascii_lowercase().into_bytes(), value.into_bytes())));
    let block = encode(&fields);
    let mut pieces = block.chunks(FRAME).peekable();
    let mut kind = HEADERS;
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() { END_HEADERS } else { 0 };
        let flags = if kind == HEADERS { END_STREAM | end } else { end };
        bytes.extend(frame(kind, flags, STREAM, piece));
        kind = CONTINUATION;
    }
    bytes
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
