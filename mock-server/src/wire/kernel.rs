//! What the kernel knows of the peer's socket.

#[cfg(target_os = "linux")]
mod sock_diag;

use std::io;
use std::net::SocketAddr;

/// Asks the kernel. One for each listener.
#[derive(Debug)]
pub(super) struct Kernel {
    #[cfg(target_os = "linux")]
    socket: std::sync::Mutex<sock_diag::Socket>,
}

#[cfg(target_os = "linux")]
impl Kernel {
    /// Opens the way to the kernel and tries it on the listening socket at `listener`.
    ///
    /// # Errors
    ///
    /// The kernel does not answer, for example in a sandbox.
    pub(super) fn open(listener: SocketAddr) -> io::Result<Self> {
        let mut socket = sock_diag::Socket::open()?;
        // A kernel without the module for TCP says of every socket that there is none. Only one that surely exists
        // tells the difference.
        if socket.is_listening(listener)? {
            return Ok(Self { socket: std::sync::Mutex::new(socket) });
        }
        Err(io::Error::new(io::ErrorKind::Unsupported, "the kernel does not show TCP sockets (tcp_diag)"))
    }

    /// Whether there is a socket at `peer` that is connected with ours at `ours` and can be read from.
    ///
    /// # Errors
    ///
    /// The kernel gave no answer.
    pub(super) fn sees(&self, peer: SocketAddr, ours: SocketAddr) -> io::Result<bool> {
        Ok(self.unread(peer, ours)?.is_some())
    }

    /// Whether nothing of the first `written` bytes of the connection is still to be read: the peer has read them, or
    /// nobody will.
    ///
    /// # Errors
    ///
    /// The kernel gave no answer.
    pub(super) fn is_read(&self, peer: SocketAddr, ours: SocketAddr, written: u64) -> io::Result<bool> {
        let unread = self.unread(peer, ours)?;
        Ok(unread.is_none_or(|unread| unread.waiting == 0 && unread.received >= written))
    }

    fn unread(&self, peer: SocketAddr, ours: SocketAddr) -> io::Result<Option<sock_diag::Unread>> {
        let mut socket = self.socket.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        socket.unread(peer, ours)
    }
}

#[cfg(not(target_os = "linux"))]
impl Kernel {
    /// No other system tells this of a socket of another process.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn open(_: SocketAddr) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "only Linux tells what a peer has read"))
    }

    /// Not to be asked, since there is none.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn sees(&self, _: SocketAddr, _: SocketAddr) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Not to be asked, since there is none.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn is_read(&self, _: SocketAddr, _: SocketAddr, _: u64) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
