//! The writing half of a connection over HTTP/2. This is where a defect can write what the `h2` crate refuses to.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ssespec_mock_server::wire::http2::frame::{Frame, literal};
use tokio::io::AsyncWrite;

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;

/// A HEADERS frame, <https://www.rfc-editor.org/rfc/rfc9113#section-6.2>.
const HEADERS: u8 = 1;

/// Writes frames, and looks at those with the head of a response.
#[derive(Debug)]
pub(crate) struct HeadWriter<W> {
    inner: W,
    /// The start of a frame whose rest was not written yet.
    begun: Vec<u8>,
    /// Frames to be written.
    ready: Vec<u8>,
    defects: Defects,
}

impl<W: AsyncWrite + Unpin> HeadWriter<W> {
    pub(crate) fn new(inner: W, defects: Defects) -> Self {
        Self { inner, begun: Vec::new(), ready: Vec::new(), defects }
    }

    /// Takes the complete frames of what was written.
    fn take_frames(&mut self) {
        while let Some(mut frame) = Frame::take(&mut self.begun) {
            if frame.kind == HEADERS && self.defects.has(Defect::ConnectionFieldInHttp2) {
                frame.payload.extend(literal(b"connection", b"keep-alive"));
            }
            self.ready.extend(frame.to_bytes());
        }
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ready.is_empty() {
            let length = ready!(Pin::new(&mut self.inner).poll_write(context, &self.ready))?;
            if length == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.ready.drain(..length);
        }
        Poll::Ready(Ok(()))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for HeadWriter<W> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_ready(context))?;
        this.begun.extend_from_slice(bytes);
        this.take_frames();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_ready(context))?;
        Pin::new(&mut this.inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_ready(context))?;
        Pin::new(&mut this.inner).poll_shutdown(context)
    }
}
