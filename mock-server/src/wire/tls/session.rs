//! TLS on one connection.
//!
//! The session is driven by the task that reads or writes the connection: rustls keeps the bytes, and reads and writes the
//! socket only when it is called.

use std::fmt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::rustls::server::{Acceptor, ClientHello};
use tokio_rustls::rustls::{self, ServerConfig, ServerConnection};

/// How many bytes one write takes: one record.
const RECORD: usize = 16 * 1024;

/// TLS on one connection.
#[derive(Debug)]
pub(in crate::wire) struct Session {
    state: State,
    /// The protocols that the ClientHello offered (ALPN).
    offered: Arc<Vec<String>>,
    /// How many bytes the system took.
    written: u64,
    /// Whether the peer has broken the protocol or sent an alert: what it sends is discarded then, until it leaves.
    is_broken: bool,
}

/// How far the handshake has come.
enum State {
    /// The ClientHello is awaited.
    Hello(Box<Acceptor>, Arc<ServerConfig>),
    /// It has come.
    Connection(Box<ServerConnection>),
    /// It was refused.
    Refused,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hello(..) => "Hello",
            Self::Connection(_) => "Connection",
            Self::Refused => "Refused",
        })
    }
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
    pub(in crate::wire) fn new(config: Arc<ServerConfig>) -> Self {
        let state = State::Hello(Box::default(), config);
        Self { state, offered: Arc::default(), written: 0, is_broken: false }
    }

    fn connection(&mut self) -> Option<&mut ServerConnection> {
        match &mut self.state {
            State::Connection(connection) => Some(connection),
            State::Hello(..) | State::Refused => None,
        }
    }

    /// How many bytes the system took.
    pub(in crate::wire) fn written(&self) -> u64 {
        self.written
    }

    /// Whether the handshake is not complete.
    pub(in crate::wire) fn is_handshaking(&self) -> bool {
        match &self.state {
            State::Connection(connection) => connection.is_handshaking(),
            State::Hello(..) | State::Refused => true,
        }
    }

    /// Whether the system has yet to take bytes.
    pub(in crate::wire) fn is_blocked(&self) -> bool {
        matches!(&self.state, State::Connection(connection) if connection.wants_write())
    }

    /// The protocol that was chosen in the handshake.
    #[cfg(feature = "http2")]
    pub(in crate::wire) fn protocol(&self) -> Option<&[u8]> {
        match &self.state {
            State::Connection(connection) => connection.alpn_protocol(),
            State::Hello(..) | State::Refused => None,
        }
    }

    /// The protocols that the peer offered in the handshake, in its order.
    pub(in crate::wire) fn offered(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.offered)
    }

    /// Whether a read gives something that has arrived already, or the end.
    pub(in crate::wire) fn has_more(&mut self) -> bool {
        let Some(connection) = self.connection() else { return false };
        let state = connection.process_new_packets();
        state.is_ok_and(|state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Reads once from the socket.
    ///
    /// # Errors
    /// As a socket that does not block. [`ErrorKind::InvalidData`] if the peer has broken the protocol or sent an alert;
    /// [`ErrorKind::UnexpectedEof`] if it has left during the handshake.
    pub(in crate::wire) fn receive(&mut self, tcp: &TcpStream) -> io::Result<()> {
        let length = match &mut self.state {
            State::Hello(acceptor, _) => acceptor.read_tls(&mut Socket(tcp))?,
            State::Connection(connection) => connection.read_tls(&mut Socket(tcp))?,
            State::Refused => return Err(ErrorKind::InvalidData.into()),
        };
        let processed = self.accept(tcp).and_then(|()| match self.connection() {
            Some(connection) => connection.process_new_packets().map(|_| ()),
            None => Ok(()),
        });
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

    /// Begins the connection if the ClientHello has come.
    fn accept(&mut self, tcp: &TcpStream) -> Result<(), rustls::Error> {
        let State::Hello(acceptor, config) = &mut self.state else { return Ok(()) };
        let accepted = match acceptor.accept() {
            Ok(None) => return Ok(()),
            Ok(Some(accepted)) => {
                self.offered = offered(&accepted.client_hello());
                accepted.into_connection(Arc::clone(config))
            }
            Err(refusal) => Err(refusal),
        };
        let accepted = accepted.map_err(|(error, mut alert)| {
            // A peer that is gone, or reads nothing, does not get it.
            let _ = alert.write_all(&mut Socket(tcp));
            error
        });
        match accepted {
            Ok(connection) => {
                self.state = State::Connection(Box::new(connection));
                Ok(())
            }
            Err(error) => {
                self.state = State::Refused;
                Err(error)
            }
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
            let Some(connection) = self.connection() else {
                self.receive(tcp)?;
                continue;
            };
            match connection.reader().read(buffer) {
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
        let Some(connection) = self.connection() else { return Err(ErrorKind::NotConnected.into()) };
        let length = connection.writer().write(bytes.get(..RECORD).unwrap_or(bytes))?;
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
        while let State::Connection(connection) = &mut self.state
            && connection.wants_write()
        {
            match connection.write_tls(&mut Socket(tcp)) {
                Ok(length) => self.written += length as u64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Says that nothing follows (close_notify), as far as the system takes it.
    pub(in crate::wire) fn close(&mut self, tcp: &TcpStream) {
        if let Some(connection) = self.connection() {
            connection.send_close_notify();
        }
        // A peer that is gone, or reads nothing, does not get it.
        let _ = self.flush(tcp);
    }
}

/// The protocols that a ClientHello offers.
fn offered(hello: &ClientHello<'_>) -> Arc<Vec<String>> {
    let names = hello.alpn().into_iter().flatten();
    Arc::new(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}
