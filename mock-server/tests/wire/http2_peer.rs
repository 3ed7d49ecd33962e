//! The other end of a connection over HTTP/2, which writes and reads single frames.

use std::collections::VecDeque;
use std::io;

use ssespec_mock_server::wire::http2::frame::{Frame, literal};
use ssespec_mock_server::wire::{Options, Versions};

use crate::peer::{Peer, Server, soon};

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

/// The flag of an answer.
pub(crate) const ACK: u8 = 1;

/// The codes of resets, <https://www.rfc-editor.org/rfc/rfc9113#section-7>.
pub(crate) const INTERNAL_ERROR: u8 = 2;
pub(crate) const CANCEL: u8 = 8;
pub(crate) const HTTP_1_1_REQUIRED: u8 = 13;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A listener that speaks HTTP/2 too.
pub(crate) async fn server() -> Server {
    server_with(Options::default()).await
}

pub(crate) async fn server_with(options: Options) -> Server {
    Server::with(Options { versions: Versions::Http1And2, ..options }).await
}

/// A peer that speaks HTTP/2.
pub(crate) struct Http2Peer {
    pub(crate) peer: Peer,
    received: Vec<u8>,
    frames: VecDeque<Frame>,
    /// SETTINGS and PING.
    controls: VecDeque<Frame>,
}

impl Http2Peer {
    /// A connection whose preface was sent, with the windows of streams of this size.
    pub(crate) async fn connect(server: &Server, window: u32) -> Self {
        let mut peer = server.connect().await;
        peer.write(PREFACE).await;
        let settings = [&[0, 4][..], &window.to_be_bytes()].concat();
        let mut this =
            Self { peer, received: Vec::new(), frames: VecDeque::new(), controls: VecDeque::new() };
        this.write(SETTINGS, 0, 0, settings).await;
        this
    }

    pub(crate) async fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: Vec<u8>) {
        self.peer.write(&Frame { kind, flags, stream, payload }.to_bytes()).await;
    }

    /// Sends a GET request.
    pub(crate) async fn get(&mut self, stream: u32, path: &str) {
        self.head(stream, "GET", path, 0x4 | 0x1).await;
    }

    /// Sends the head of a request.
    pub(crate) async fn head(&mut self, stream: u32, method: &str, path: &str, flags: u8) {
        let fields: [(&str, &str); 5] = [
            (":method", method),
            (":scheme", "http"),
            (":authority", "h"),
            (":path", path),
            ("last-event-id", "\u{e9}"),
        ];
        let block = fields.map(|(name, value)| literal(name.as_bytes(), value.as_bytes())).concat();
        self.write(HEADERS, flags, stream, block).await;
    }

    pub(crate) async fn data(&mut self, stream: u32, content: &[u8], flags: u8) {
        self.write(DATA, flags, stream, content.to_vec()).await;
    }

    pub(crate) async fn reset(&mut self, stream: u32) {
        self.write(RST_STREAM, 0, stream, vec![0, 0, 0, CANCEL]).await;
    }

    pub(crate) async fn widen(&mut self, stream: u32, by: u32) {
        self.write(WINDOW_UPDATE, 0, stream, by.to_be_bytes().to_vec()).await;
    }

    /// The next frame of a stream, or GOAWAY; `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            self.sort();
            if let Some(frame) = self.frames.pop_front() {
                return Ok(Some(frame));
            }
            let bytes = self.peer.read().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            self.received.extend_from_slice(&bytes);
        }
    }

    fn sort(&mut self) {
        while let Some(frame) = Frame::take(&mut self.received) {
            match frame.kind {
                SETTINGS | PING => self.controls.push_back(frame),
                WINDOW_UPDATE => {}
                _ => self.frames.push_back(frame),
            }
        }
    }

    /// The next SETTINGS or PING of the server that is no answer.
    pub(crate) async fn control(&mut self) -> Frame {
        loop {
            while let Some(frame) = self.controls.pop_front() {
                if frame.flags & ACK == 0 {
                    return frame;
                }
            }
            self.sort();
            if self.controls.is_empty() {
                let bytes = soon(self.peer.read()).await.expect("no reset");
                assert!(!bytes.is_empty(), "the connection ended");
                self.received.extend_from_slice(&bytes);
            }
        }
    }

    /// Answers SETTINGS or PING.
    pub(crate) async fn acknowledge(&mut self, frame: Frame) {
        let payload = if frame.kind == PING { frame.payload } else { Vec::new() };
        self.write(frame.kind, ACK, 0, payload).await;
    }

    /// The next frame, in short: its type, flags, stream and payload as text.
    pub(crate) async fn frame(&mut self) -> (u8, u8, u32, String) {
        let frame = soon(self.next()).await.expect("no reset").expect("a frame");
        let text = String::from_utf8_lossy(&frame.payload).into_owned();
        (frame.kind, frame.flags, frame.stream, text)
    }

    /// Requires a head without the end of the stream.
    pub(crate) async fn expect_head(&mut self, stream: u32) {
        let (kind, flags, of, _) = self.frame().await;
        assert_eq!((kind, flags, of), (HEADERS, 0x4, stream));
    }

    /// Requires a DATA frame without the end of the stream.
    pub(crate) async fn expect_data(&mut self, stream: u32, content: &str) {
        assert_eq!(self.frame().await, (DATA, 0, stream, content.to_owned()));
    }

    /// Requires the empty DATA frame that ends a stream.
    pub(crate) async fn expect_end(&mut self, stream: u32) {
        assert_eq!(self.frame().await, (DATA, 0x1, stream, String::new()));
    }

    /// Requires a reset with this code.
    pub(crate) async fn expect_reset(&mut self, stream: u32, code: u8) {
        let frame = soon(self.next()).await.expect("no reset of the connection").expect("a frame");
        assert_eq!(frame, Frame { kind: RST_STREAM, flags: 0, stream, payload: vec![0, 0, 0, code] });
    }
}
