//! Queries the kernel for the state of the peer's socket.

#[cfg(target_os = "linux")]
mod sock_diag;

use std::io;
use std::net::SocketAddr;

/// A channel to the kernel, one for each listener.
#[derive(Debug)]
pub(super) struct Kernel {
    #[cfg(target_os = "linux")]
    socket: std::sync::Mutex<sock_diag::Socket>,
}

#[cfg(target_os = "linux")]
impl Kernel {
    /// Opens the channel and tries it on the listening socket at `listener`.
    ///
    /// # Errors
    ///
    /// If the kernel does not answer, for example in a sandbox.
    pub(super) fn open(listener: SocketAddr) -> io::Result<Self> {
        let mut socket = sock_diag::Socket::open()?;
        // A kernel without the module for TCP reports that no socket exists, so try one that certainly does.
        if socket.is_listening(listener)? {
            return Ok(Self { socket: std::sync::Mutex::new(socket) });
        }
        Err(io::Error::new(io::ErrorKind::Unsupported, "the kernel does not show TCP sockets (tcp_diag)"))
    }

    /// Whether there is a readable socket at `peer` that is connected to our socket at `ours`.
    ///
    /// # Errors
    ///
    /// If the kernel does not answer.
    pub(super) fn sees(&self, peer: SocketAddr, ours: SocketAddr) -> io::Result<bool> {
        Ok(self.unread(peer, ours)?.is_some())
    }

    /// Whether none of the first `written` bytes of the connection remains to be read: the peer has read them, or never
    /// will.
    ///
    /// # Errors
    ///
    /// If the kernel does not answer.
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
    /// No other system reports the state of another process's socket.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn open(_: SocketAddr) -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "only Linux reports what a peer has read"))
    }

    /// Never called, because opening fails.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn sees(&self, _: SocketAddr, _: SocketAddr) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Never called, because opening fails.
    ///
    /// # Errors
    ///
    /// Always.
    pub(super) fn is_read(&self, _: SocketAddr, _: SocketAddr, _: u64) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
