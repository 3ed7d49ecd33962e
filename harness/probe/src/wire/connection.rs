//! A connection, and how it is left.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::target::{Security, Target};
use crate::tls::Trust;

/// The protocol that a client offers in a TLS handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// `http/1.1`
    Http11,
    /// `h2`
    H2,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    /// What the server chose in the TLS handshake; none without TLS or without a choice.
    pub(crate) protocol: Option<Vec<u8>>,
}

/// Bytes both ways.
#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<crate::tls::TlsStream>),
}

impl Connection {
    /// Connects, at most this long.
    ///
    /// # Errors
    /// When nothing answers at the address, or the TLS handshake fails.
    pub(crate) async fn open(
        target: &Target,
        trust: &Trust,
        offer: Offer,
        limit: Duration,
    ) -> io::Result<Self> {
        let late = |what: &str| {
            let limit = humantime::format_duration(limit);
            io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {limit}"))
        };
        let tcp = timeout(limit, TcpStream::connect((target.host.as_str(), target.port)));
        let tcp = tcp.await.map_err(|_| late("no connection"))??;
        tcp.set_nodelay(true)?;
        match target.security {
            Security::Plain => Ok(Self { stream: Stream::Plain(tcp), protocol: None }),
            #[cfg(feature = "tls")]
            Security::Tls => {
                let handshake = timeout(limit, trust.handshake(target, tcp, offer));
                let tls = handshake.await.map_err(|_| late("no TLS handshake"))??;
                let protocol = tls.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                Ok(Self { stream: Stream::Tls(Box::new(tls)), protocol })
            }
            #[cfg(not(feature = "tls"))]
            Security::Tls => Err(trust.unsupported(offer)),
        }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// When the server has gone.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.write_all(bytes).await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await
            }
        }
    }

    /// Closes our direction: FIN.
    ///
    /// # Errors
    /// When the server has gone.
    pub(crate) async fn shutdown(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.shutdown().await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.shutdown().await,
        }
    }

    /// What comes next; 0 at the end of the connection.
    ///
    /// # Errors
    /// When the connection was reset.
    pub(crate) async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(buffer).await,
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.read(buffer).await,
        }
    }

    /// Leaves without a goodbye: RST.
    pub(crate) fn reset(self) {
        // Where it cannot be set, the connection ends with FIN.
        let _ = match &self.stream {
            Stream::Plain(tcp) => tcp.set_zero_linger(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.get_ref().0.set_zero_linger(),
        };
    }
}
