//! The socket of a connection, and TLS on it if its listener has a certificate.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(feature = "tls")]
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::rustls::ServerConfig;

#[cfg(feature = "tls")]
use super::tls::session::Session;

/// The socket of a connection. Its methods are those of a socket that does not block: [`ErrorKind::WouldBlock`] means
/// that it is not ready.
#[derive(Debug)]
pub(in crate::wire) struct Transport {
    tcp: TcpStream,
    /// How many bytes the system took without TLS.
    written: AtomicU64,
    #[cfg(feature = "tls")]
    session: Option<Box<Mutex<Session>>>,
}

impl Transport {
    pub(in crate::wire) fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            written: AtomicU64::new(0),
            #[cfg(feature = "tls")]
            session: None,
        }
    }

    /// With TLS, whose handshake is still to come.
    #[cfg(feature = "tls")]
    pub(in crate::wire) fn over_tls(tcp: TcpStream, config: Arc<ServerConfig>) -> Self {
        Self { session: Some(Box::new(Mutex::new(Session::new(config)))), ..Self::new(tcp) }
    }

    #[cfg(feature = "tls")]
    fn session(&self) -> Option<MutexGuard<'_, Session>> {
        let session = self.session.as_ref()?;
        Some(session.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The TCP connection, whose bytes may be encrypted.
    pub(in crate::wire) fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// Whether it has TLS.
    pub(in crate::wire) fn is_encrypted(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.session.is_some();
        #[cfg(not(feature = "tls"))]
        false
    }

    /// The protocol that was chosen in the handshake of TLS.
    #[cfg(feature = "http2")]
    pub(in crate::wire) fn protocol(&self) -> Option<Vec<u8>> {
        #[cfg(feature = "tls")]
        return self.session()?.protocol().map(<[u8]>::to_vec);
        #[cfg(not(feature = "tls"))]
        None
    }

    /// The protocols that the peer offered in the handshake of TLS, in its order; none without TLS.
    pub(in crate::wire) fn offered(&self) -> Arc<Vec<String>> {
        #[cfg(feature = "tls")]
        return self.session().map_or_else(Arc::default, |session| session.offered());
        #[cfg(not(feature = "tls"))]
        Arc::default()
    }

    /// Completes the handshake of TLS, if it has that.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if it fails; [`ErrorKind::UnexpectedEof`] if the peer leaves before; or as a socket.
    pub(in crate::wire) async fn handshake(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        while self.session().is_some_and(|session| session.is_handshaking()) {
            self.readable().await?;
            match self.session().map_or(Ok(()), |mut session| session.receive(&self.tcp)) {
                Err(error) if !is_temporary(&error) => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// How many bytes the system took since the connection was established, as the peer's kernel counts them.
    pub(in crate::wire) fn written(&self) -> u64 {
        #[cfg(feature = "tls")]
        if let Some(session) = self.session() {
            return session.written();
        }
        self.written.load(Ordering::Acquire)
    }

    /// Waits until a read may give something.
    pub(in crate::wire) async fn readable(&self) -> io::Result<()> {
        poll_fn(|context| self.poll_readable(context)).await
    }

    /// As [`Self::readable`].
    pub(in crate::wire) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        #[cfg(feature = "tls")]
        {
            // A read may have made bytes to write. An error shows when the socket is read.
            let _ = self.poll_flush(context);
            if self.session().is_some_and(|mut session| session.has_more()) {
                return Poll::Ready(Ok(()));
            }
        }
        self.tcp.poll_read_ready(context)
    }

    /// Reads what there is: 0 at the end.
    pub(in crate::wire) fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(mut session) = self.session() {
            return session.read(&self.tcp, buffer);
        }
        self.tcp.try_read(buffer)
    }

    /// Reads what there is as soon as there is something, and returns how much: 0 at the end.
    pub(in crate::wire) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.poll_readable(context))?;
            match self.try_read(buffer.initialize_unfilled()) {
                Err(error) if is_temporary(&error) => {}
                Err(error) => return Poll::Ready(Err(error)),
                Ok(length) => {
                    buffer.advance(length);
                    return Poll::Ready(Ok(length));
                }
            }
        }
    }

    /// Waits until a write may take something.
    pub(in crate::wire) async fn writable(&self) -> io::Result<()> {
        poll_fn(|context| self.poll_writable(context)).await
    }

    /// As [`Self::writable`].
    pub(in crate::wire) fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_write_ready(context)
    }

    /// Writes as much as the system takes; with TLS at most one record, of which [`Self::flush`] writes the rest.
    pub(in crate::wire) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(mut session) = self.session() {
            return session.write(&self.tcp, bytes);
        }
        let length = self.tcp.try_write(bytes)?;
        self.written.fetch_add(length as u64, Ordering::Release);
        Ok(length)
    }

    /// Writes as much as [`Self::try_write`], as soon as the system takes something.
    pub(in crate::wire) fn poll_write(
        &self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.poll_writable(context))?;
            match self.try_write(bytes) {
                Err(error) if is_temporary(&error) => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// Waits until the system has taken everything that was written.
    pub(in crate::wire) async fn flush(&self) -> io::Result<()> {
        poll_fn(|context| self.poll_flush(context)).await
    }

    /// As [`Self::flush`].
    pub(in crate::wire) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.is_blocked() {
            ready!(self.tcp.poll_write_ready(context))?;
            match self.flush_now() {
                Err(error) if !is_temporary(&error) => return Poll::Ready(Err(error)),
                _ => {}
            }
        }
        Poll::Ready(Ok(()))
    }

    fn is_blocked(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.session().is_some_and(|session| session.is_blocked());
        #[cfg(not(feature = "tls"))]
        false
    }

    fn flush_now(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(mut session) = self.session() {
            return session.flush(&self.tcp);
        }
        Ok(())
    }

    /// Ends the sending direction cleanly: close_notify if it has TLS, and FIN.
    pub(in crate::wire) fn close(&self) {
        #[cfg(feature = "tls")]
        if let Some(mut session) = self.session() {
            session.close(&self.tcp);
        }
        self.cut();
    }

    /// Ends the sending direction with FIN alone: over TLS the peer knows that something is missing.
    pub(in crate::wire) fn cut(&self) {
        // Fails if the peer is already gone.
        let _ = SockRef::from(&self.tcp).shutdown(Shutdown::Write);
    }

    /// Makes the system reset the connection when this is dropped.
    pub(in crate::wire) fn reset_when_dropped(&self) {
        // Fails if the peer is already gone.
        let _ = SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO));
    }
}

/// Whether the same may succeed later.
pub(in crate::wire) fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
