//! A connection over TCP or TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::client::offer::Offer;
use crate::client::target::{Security, Target};
#[cfg(feature = "tls")]
use crate::client::tls::trust::TlsStream;
use crate::client::tls::trust::Trust;

/// How many unread buffers are discarded at most.
const DISCARDED: usize = 16;

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
    /// The protocol that the server chose in the TLS handshake, if any.
    pub protocol: Option<Vec<u8>>,
}

/// The bytes in both directions.
#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
}

impl Connection {
    /// Connects, and offers only HTTP/1.1. Each of the TCP and the TLS handshake may take as long as `limit`.
    ///
    /// # Errors
    /// If a handshake fails or takes too long.
    pub async fn open_http1(target: &Target, trust: &Trust, limit: Duration) -> io::Result<Self> {
        Self::open(target, trust, Offer::Http11, limit).await
    }

    /// Connects. Each of the TCP and the TLS handshake may take as long as `limit`.
    ///
    /// # Errors
    /// If a handshake fails or takes too long.
    pub async fn open(target: &Target, trust: &Trust, offer: Offer, limit: Duration) -> io::Result<Self> {
        let connecting = TcpStream::connect((target.host.as_str(), target.port));
        let tcp = timeout(limit, connecting).await.map_err(|_| late("no connection", limit))??;
        Self::over(tcp, target, trust, offer, limit).await
    }

    /// Connects like [`Self::open`], with a small receive buffer and small segments: a peer that goes on sending soon has to wait if
    /// nothing is read.
    ///
    /// # Errors
    /// If a handshake fails or takes too long.
    pub async fn open_with_small_buffer(
        target: &Target,
        trust: &Trust,
        offer: Offer,
        limit: Duration,
    ) -> io::Result<Self> {
        let connecting = connect_with_small_buffer(target);
        let tcp = timeout(limit, connecting).await.map_err(|_| late("no connection", limit))??;
        Self::over(tcp, target, trust, offer, limit).await
    }

    /// Goes on with a TCP connection.
    async fn over(
        tcp: TcpStream,
        target: &Target,
        trust: &Trust,
        offer: Offer,
        limit: Duration,
    ) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        match target.security {
            Security::Plain => Ok(Self { stream: Stream::Plain(tcp), protocol: None }),
            #[cfg(feature = "tls")]
            Security::Tls => {
                let handshake = timeout(limit, trust.handshake(&target.host, tcp, offer));
                let tls = handshake.await.map_err(|_| late("no TLS handshake", limit))??;
                let protocol = tls.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                Ok(Self { stream: Stream::Tls(Box::new(tls)), protocol })
            }
            #[cfg(not(feature = "tls"))]
            Security::Tls => {
                let _ = (offer, limit, target);
                Err(trust.unsupported())
            }
        }
    }

    /// Writes all bytes.
    ///
    /// # Errors
    /// If the connection is broken.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.write_all(bytes).await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await
            }
        }
    }

    /// Closes the sending direction (FIN).
    ///
    /// # Errors
    /// If the connection is broken.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.shutdown().await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.shutdown().await,
        }
    }

    /// Reads what comes next. Returns 0 at the end of the connection.
    ///
    /// # Errors
    /// If the connection is broken.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(buffer).await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.read(buffer).await,
        }
    }

    /// Discards what came but was not read: closing a connection with unread bytes resets it.
    pub fn discard_unread(&self) {
        #[cfg(feature = "tls")]
        let tcp = match &self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.get_ref().0,
        };
        #[cfg(not(feature = "tls"))]
        let Stream::Plain(tcp) = &self.stream;
        let mut buffer = [0; 16 * 1024];
        for _ in 0..DISCARDED {
            if !matches!(tcp.try_read(&mut buffer), Ok(length) if length == buffer.len()) {
                break;
            }
        }
    }

    /// Resets the connection (RST).
    pub fn reset(self) {
        // If the option cannot be set, the connection ends with FIN.
        let _ = match &self.stream {
            Stream::Plain(tcp) => tcp.set_zero_linger(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.get_ref().0.set_zero_linger(),
        };
    }

    /// The TCP connection below.
    pub fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(tcp) => tcp,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.get_ref().0,
        }
    }
}

/// The error of what took too long.
fn late(what: &str, limit: Duration) -> io::Error {
    let limit = humantime::format_duration(limit);
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {limit}"))
}

/// The size of a small receive buffer, in bytes.
const SMALL_BUFFER: u32 = 2048;

/// The size of small segments, in bytes. The send buffer of the peer depends on it.
#[cfg(unix)]
const SMALL_SEGMENT: u32 = 536;

/// Connects with a small receive buffer.
async fn connect_with_small_buffer(target: &Target) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in lookup_host((target.host.as_str(), target.port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_recv_buffer_size(SMALL_BUFFER)?;
        // Without it, the peer sends more before it has to wait.
        #[cfg(unix)]
        let _ = socket2::SockRef::from(&socket).set_tcp_mss(SMALL_SEGMENT);
        match socket.connect(address).await {
            Ok(tcp) => return Ok(tcp),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(context, buffer),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write_vectored(context, slices),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => Pin::new(tls).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(tcp) => tcp.is_write_vectored(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.is_write_vectored(),
        }
    }
}
