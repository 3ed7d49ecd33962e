//! The port of a listener: listening, refusing for a time, or closed.
//!
//! A port refuses by having no listening socket: clients can distinguish that from accepting and closing. If the system
//! allows it, a second socket, bound but not listening, reserves the port meanwhile. Then no other process can take it,
//! and the system does not choose it as a client's ephemeral port: a client that keeps connecting to a free port in
//! that range eventually connects to itself.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;

/// The listen backlog.
const BACKLOG: i32 = 4096;
/// How long to wait before trying to bind the port again.
pub(super) const RETRY: Duration = Duration::from_millis(10);

/// The port of a listener.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    pub(super) state: PortState,
}

/// The state of a port.
#[derive(Debug)]
pub(super) enum PortState {
    /// It accepts connections.
    Listening(TcpListener),
    /// It refuses connections until then. The socket, if any, reserves the port.
    Refusing { until: Instant, _holder: Option<Socket> },
    /// It is closed.
    Closed,
}

impl Port {
    /// Listens at `address`; port 0 means any free port.
    ///
    /// # Errors
    ///
    /// If binding fails, usually because the port is in use.
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = new_socket(address)?;
        prepare(&socket)?;
        socket.bind(&address.into())?;
        // Only after binding, so that a port shared with another socket counts as in use.
        share(&socket)?;
        let listener = listen(socket)?;
        Ok(Self { address: listener.local_addr()?, state: PortState::Listening(listener) })
    }

    /// The address, with the chosen port.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses connections from now on, and resets those waiting to be accepted.
    pub(super) fn refuse(&mut self, time: Duration) {
        let now = Instant::now();
        let until = now.checked_add(time).unwrap_or(now);
        match &mut self.state {
            PortState::Listening(_) => {
                let holder = hold(self.address);
                // This closes the listening socket.
                self.state = PortState::Refusing { until, _holder: holder };
            }
            PortState::Refusing { until: before, .. } => *before = until.max(*before),
            PortState::Closed => {}
        }
    }

    /// Listens again if the time has come; returns whether it accepts connections.
    pub(super) fn refuse_no_more(&mut self) -> bool {
        if let PortState::Refusing { until, .. } = &mut self.state {
            *until = Instant::now();
        }
        self.reopen();
        !matches!(self.state, PortState::Refusing { .. })
    }

    /// Listens again if the time has come. If binding fails, it retries a little later.
    pub(super) fn reopen(&mut self) {
        let PortState::Refusing { until, .. } = &mut self.state else { return };
        if *until > Instant::now() {
            return;
        }
        match bind_again(self.address) {
            Ok(listener) => self.state = PortState::Listening(listener),
            Err(error) => {
                tracing::warn!(%error, address = %self.address, "cannot listen again yet");
                *until = Instant::now() + RETRY;
            }
        }
    }

    /// Accepts one waiting connection, without blocking.
    pub(super) fn take_waiting(&self) -> Option<(std::net::TcpStream, SocketAddr)> {
        let PortState::Listening(listener) = &self.state else { return None };
        loop {
            match SockRef::from(listener).accept() {
                Ok((socket, peer)) => return Some((socket.into(), peer.as_socket()?)),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => return None,
            }
        }
    }
}

fn new_socket(address: SocketAddr) -> io::Result<Socket> {
    Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
}

fn listen(socket: Socket) -> io::Result<TcpListener> {
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}

fn bind_again(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = new_socket(address)?;
    prepare(&socket)?;
    share(&socket)?;
    socket.bind(&address.into())?;
    listen(socket)
}

/// Allows binding a port on which connections of an earlier listener are still in TIME_WAIT.
#[cfg(unix)]
fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_address(true)
}

/// Allows the reserving socket to be bound together with this one. Accepted connections inherit the option.
#[cfg(unix)]
fn share(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

/// Binds a socket that reserves the port and does not listen.
#[cfg(unix)]
fn hold(address: SocketAddr) -> Option<Socket> {
    let bind = || {
        let socket = new_socket(address)?;
        // With SO_REUSEADDR, any other process that sets it could bind the port as well.
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        Ok::<_, io::Error>(socket)
    };
    bind()
        .inspect_err(
            |error| tracing::warn!(%error, %address, "cannot reserve the port while it refuses connections"),
        )
        .ok()
}

/// On Windows, SO_REUSEADDR would let another process take the port, and is not needed to bind it again.
#[cfg(not(unix))]
fn prepare(_: &Socket) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn share(_: &Socket) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn hold(_: SocketAddr) -> Option<Socket> {
    None
}
