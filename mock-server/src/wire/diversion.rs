//! Requests that are not for scripts: another handler serves the paths under a prefix at the same origin.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::UnboundedSender;

use super::http1::exchange::Exchange;
use super::http1::request::Request;
use super::transport::Transport;

/// Where requests under some paths go instead of to the scripts.
#[derive(Debug, Clone)]
pub struct Diversion {
    /// The prefix of the request targets that it takes, such as `/a1b2c3/`.
    pub prefixes: Vec<String>,
    /// The handler that answers those over HTTP/1.1, each with the rest of its connection.
    pub to: UnboundedSender<Diverted>,
    /// The handler that answers those over HTTP/2, whose connection has other streams. Nothing of what it does is
    /// reported. Without one, clients are asked for HTTP/1.1 (HTTP_1_1_REQUIRED).
    pub streams: Option<UnboundedSender<Exchange>>,
}

impl Diversion {
    /// Whether it takes a request.
    pub(super) fn takes(&self, request: &Request) -> bool {
        self.prefixes.iter().any(|prefix| request.target.starts_with(prefix))
    }
}

/// A connection that was passed to another handler with its request. The listener no longer tracks it:
/// [`close_connections`](super::Listener::close_connections) and [`shutdown`](super::Listener::shutdown) do not affect
/// it.
#[derive(Debug)]
pub struct Diverted {
    /// The connection, on which no part of a response was written.
    pub stream: DivertedStream,
    /// The request.
    pub request: Request,
    /// The bytes that the peer sent after the request.
    pub ahead: Vec<u8>,
}

/// A connection that was passed on, with TLS if its listener has a certificate. Reading and writing are for one task.
#[derive(Debug)]
pub struct DivertedStream(Transport);

impl DivertedStream {
    pub(super) fn new(transport: Transport) -> Self {
        Self(transport)
    }

    /// The peer's address.
    ///
    /// # Errors
    /// If the peer is gone.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.tcp().peer_addr()
    }
}

impl AsyncRead for DivertedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.poll_read(context, buffer).map_ok(|_| ())
    }
}

impl AsyncWrite for DivertedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.0.poll_flush(context))?;
        self.0.close();
        Poll::Ready(Ok(()))
    }
}
