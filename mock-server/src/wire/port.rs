//! The port of a listener: listening, refusing for a time, or closed.
//!
//! To refuse is to have no listening socket: accepting and closing is something else to a client. Where the system
//! allows it a second socket, bound but not listening, holds the port meanwhile. Nobody else can take it then, and the
//! system does not choose it as a client's own port: a client that tries a free port in the range of such ports again
//! and again is connected to itself sooner or later.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// When a port that cannot be bound again is tried next.
pub(super) const RETRY: Duration = Duration::from_millis(10);

/// The port of a listener.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    pub(super) state: PortState,
}

/// What the port does.
#[derive(Debug)]
pub(super) enum PortState {
    /// It takes connections.
    Listening(TcpListener),
    /// It refuses them until then. The socket holds the port where there is one.
    Refusing { until: Instant, _holder: Option<Socket> },
    /// It is of no more use.
    Closed,
}

impl Port {
    /// Listens at `address`; port 0 stands for any that is free.
    ///
    /// # Errors
    ///
    /// The system refuses it, mostly because the port is taken.
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = new_socket(address)?;
        prepare(&socket)?;
        socket.bind(&address.into())?;
        // Only now, so that a port that another one shares counts as taken.
        share(&socket)?;
        let listener = listen(socket)?;
        Ok(Self { address: listener.local_addr()?, state: PortState::Listening(listener) })
    }

    /// The address with the port that was chosen.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses connections from now on. One that is waiting to be accepted is reset.
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

    /// Lets the time come at which it listens again; whether it refuses nothing any more.
    pub(super) fn refuse_no_more(&mut self) -> bool {
        if let PortState::Refusing { until, .. } = &mut self.state {
            *until = Instant::now();
        }
        self.reopen();
        !matches!(self.state, PortState::Refusing { .. })
    }

    /// Listens again if the time has come. Where the port cannot be had it tries again a little later.
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

    /// Takes one connection that is waiting to be accepted, without waiting.
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

/// Lets a port be bound on which connections of an earlier listener are still fading.
#[cfg(unix)]
fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_address(true)
}

/// Lets the holder be bound beside this socket. Its connections inherit that.
#[cfg(unix)]
fn share(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

/// Binds a socket that keeps the port and does not listen.
#[cfg(unix)]
fn hold(address: SocketAddr) -> Option<Socket> {
    let bind = || {
        let socket = new_socket(address)?;
        // SO_REUSEADDR would let anybody else with that option bind the port as well.
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        Ok::<_, io::Error>(socket)
    };
    bind()
        .inspect_err(|error| tracing::warn!(%error, %address, "the port cannot be held while it refuses"))
        .ok()
}

/// On Windows SO_REUSEADDR means that a port can be taken from its owner, and is not needed to bind it again.
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
