//! TLS on one connection.
//!
//! The session is driven by the task that reads or writes the connection: rustls keeps the bytes, and reads and writes the
//! socket only when it is called.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::rustls::{self, ServerConfig, ServerConnection};

/// How many bytes one write takes: one record.
const RECORD: usize = 16 * 1024;

/// TLS on one connection.
#[derive(Debug)]
pub(in crate::wire) struct Session {
    connection: ServerConnection,
    /// How many bytes the system took.
    written: u64,
    /// Whether the peer has broken the protocol or sent an alert: what it sends is discarded then, until it leaves.
    is_broken: bool,
}

/// The socket, as rustls reads and writes it.
struct Socket<'s>(&'s TcpStream);

impl io::Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl io::Write for Socket<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Session {
    /// A session that awaits the handshake of the peer.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub(in crate::wire) fn new(config: Arc<ServerConfig>) -> Result<Self, rustls::Error> {
        Ok(Self { connection: ServerConnection::new(config)?, written: 0, is_broken: false })
    }

    /// How many bytes the system took.
    pub(in crate::wire) fn written(&self) -> u64 {
        self.written
    }

    /// Whether the handshake is not complete.
    pub(in crate::wire) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Whether the system has yet to take bytes.
    pub(in crate::wire) fn is_blocked(&self) -> bool {
        self.connection.wants_write()
    }

    /// The protocol that was chosen in the handshake.
    #[cfg(feature = "http2")]
    pub(in crate::wire) fn protocol(&self) -> Option<&[u8]> {
        self.connection.alpn_protocol()
    }

    /// Whether a read gives something that has arrived already, or the end.
    pub(in crate::wire) fn has_more(&mut self) -> bool {
        let state = self.connection.process_new_packets();
        state.is_ok_and(|state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Reads once from the socket.
    ///
    /// # Errors
    /// As a socket that does not block. [`ErrorKind::InvalidData`] if the peer has broken the protocol or sent an alert;
    /// [`ErrorKind::UnexpectedEof`] if it has left during the handshake.
    pub(in crate::wire) fn receive(&mut self, tcp: &TcpStream) -> io::Result<()> {
        let length = self.connection.read_tls(&mut Socket(tcp))?;
        let processed = self.connection.process_new_packets();
        // A failed write shows when the socket is read.
        let _ = self.flush(tcp);
        processed.map_err(|error| {
            self.is_broken = true;
            io::Error::new(ErrorKind::InvalidData, error)
        })?;
        match length {
            0 if self.is_handshaking() => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Reads what the peer sent: 0 if it has left, with or without close_notify.
    ///
    /// # Errors
    /// As [`Self::receive`].
    pub(in crate::wire) fn read(&mut self, tcp: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_broken {
            // Only its end counts.
            return match tcp.try_read(buffer)? {
                0 => Ok(0),
                _ => Err(ErrorKind::WouldBlock.into()),
            };
        }
        loop {
            match self.connection.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.receive(tcp)?,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                result => return result,
            }
        }
    }

    /// Encrypts at most one record, and returns how much of `bytes` is in it. The system may have to take it yet: see
    /// [`Self::is_blocked`].
    ///
    /// # Errors
    /// As a socket that does not block.
    pub(in crate::wire) fn write(&mut self, tcp: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
        self.flush(tcp)?;
        let length = self.connection.writer().write(bytes.get(..RECORD).unwrap_or(bytes))?;
        match self.flush(tcp) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            _ => Ok(length),
        }
    }

    /// Lets the system take what it has yet to take.
    ///
    /// # Errors
    /// As a socket that does not block.
    pub(in crate::wire) fn flush(&mut self, tcp: &TcpStream) -> io::Result<()> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Socket(tcp)) {
                Ok(length) => self.written += length as u64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Says that nothing follows (close_notify), as far as the system takes it.
    pub(in crate::wire) fn close(&mut self, tcp: &TcpStream) {
        self.connection.send_close_notify();
        // A peer that is gone, or reads nothing, does not get it.
        let _ = self.flush(tcp);
    }
}
