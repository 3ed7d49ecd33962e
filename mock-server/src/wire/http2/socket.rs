//! The socket of a connection, as the `h2` crate reads and writes it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::wire::departure::Departure;
use crate::wire::transport::Transport;

/// What is known of a socket that `h2` uses.
#[derive(Debug, Default)]
pub(super) struct Progress {
    is_blocked: AtomicBool,
    departure: Mutex<Option<Departure>>,
}

impl Progress {
    /// Whether the system did not take the last write.
    pub(super) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::Acquire)
    }

    /// How the peer left, if it was seen to.
    pub(super) fn departure(&self) -> Option<Departure> {
        *self.departure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self, departure: Departure) {
        self.departure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(departure);
    }
}

/// The socket of a connection.
#[derive(Debug)]
pub(super) struct Socket {
    stream: Arc<Transport>,
    /// What was read before the connection was known to speak HTTP/2.
    ahead: Vec<u8>,
    progress: Arc<Progress>,
}

impl Socket {
    pub(super) fn new(stream: Arc<Transport>, ahead: Vec<u8>, progress: Arc<Progress>) -> Self {
        Self { stream, ahead, progress }
    }

    fn failed(&self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.progress.left(error.into());
        kind.into()
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead.drain(..length).collect::<Vec<_>>());
            return Poll::Ready(Ok(()));
        }
        let read = ready!(self.stream.poll_read(context, buffer));
        Poll::Ready(read.map_err(|error| self.failed(error)).map(|length| {
            if length == 0 {
                self.progress.left(Departure::Fin);
            }
        }))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.poll_write(context, bytes);
        self.progress.is_blocked.store(written.is_pending(), Ordering::Release);
        written.map_err(|error| self.failed(error))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream.poll_flush(context);
        self.progress.is_blocked.store(flushed.is_pending(), Ordering::Release);
        flushed.map_err(|error| self.failed(error))
    }

    /// Does nothing: the connection ends it, as the script specifies.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
