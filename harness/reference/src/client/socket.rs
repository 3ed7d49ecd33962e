//! The bytes of a connection to a server. Defects can change the head of a response here.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ssespec::upstream::{Downstream, Side};
use ssespec_mock_server::client::Connection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::client::frames::Frames;
use crate::defect::list::Defect;
use crate::defect::switches::Defects;

/// The status line of an interim response, without its last two digits.
const INTERIM: &[u8] = b"HTTP/1.1 1";

/// The name of the header that decides about the stream, as servers usually write it.
const USUAL_NAMES: [&[u8]; 2] = [b"content-type:", b"Content-Type:"];

/// How long each of the TCP and the TLS handshake may take.
pub(crate) const CONNECTING: Duration = Duration::from_secs(60);

/// A connection to a server.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: Connection,
    defects: Defects,
    /// Where what it carries is recorded, and under which path.
    record: Option<(Downstream, String)>,
    /// The frames of the server, over HTTP/2.
    frames: Option<Frames>,
}

impl Socket {
    pub(crate) fn new(stream: Connection, defects: Defects, record: Option<(Downstream, String)>) -> Self {
        Self { stream, defects, record, frames: None }
    }

    /// The same over HTTP/2.
    pub(crate) fn of_http2(mut self, frames: Frames) -> Self {
        self.frames = Some(frames);
        self
    }

    fn record(&self, side: Side, bytes: &[u8]) {
        if let Some((downstream, path)) = &self.record {
            downstream.record(path, side, bytes);
        }
    }

    /// Reads bytes of a response, unchanged.
    fn read(&mut self, bytes: &mut [u8]) {
        if let Some(frames) = &mut self.frames {
            return frames.read(bytes);
        }
        if bytes.starts_with(INTERIM) && self.defects.has(Defect::InterimAnswerIsFinal) {
            // Another status that is not 200, and that is final to hyper.
            set(bytes, INTERIM.len() - 1, b'5');
        }
        let is_100 = bytes.starts_with(b"HTTP/1.1 100");
        if bytes.starts_with(INTERIM) && !is_100 && self.defects.has(Defect::InterimOtherThan100IsFinal) {
            set(bytes, INTERIM.len() - 1, b'5');
        }
        if is_100 && self.defects.has(Defect::ContinueIsAnError) {
            set(bytes, 0, b'X');
        }
        if !bytes.starts_with(b"HTTP/1.1") {
            return;
        }
        let [usual, _] = USUAL_NAMES;
        let name = bytes
            .windows(usual.len())
            .position(|name| name.eq_ignore_ascii_case(usual) && !USUAL_NAMES.contains(&name));
        if let Some(at) = name
            && self.defects.has(Defect::HeaderNameCaseCounts)
        {
            set(bytes, at, b'x');
        }
    }
}

fn set(bytes: &mut [u8], at: usize, byte: u8) {
    bytes.get_mut(at).into_iter().for_each(|place| *place = byte);
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        this.record(Side::Intermediary, buffer.filled().get(before..).unwrap_or_default());
        this.read(buffer.filled_mut().get_mut(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, bytes))?;
        this.record(Side::Client, bytes.get(..written).unwrap_or_default());
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(context, slices))?;
        if this.record.is_some() {
            let bytes: Vec<u8> =
                slices.iter().flat_map(|slice| slice.iter().copied()).take(written).collect();
            this.record(Side::Client, &bytes);
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
