//! How a server is set up, apart from its scenarios.

use crate::wire::tls::Identity;
use crate::wire::{Detail, Diversion, Versions};

/// The limits of a server. What is over a limit is answered with 503, whose text says which, and the journal has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many connections may be open simultaneously.
    pub connections: usize,
    /// How many bytes the requests that are being read or answered may have together.
    pub memory: usize,
    /// How many bytes the body of a request may have.
    pub body: u64,
}

impl Default for Limits {
    /// 20,000 connections, 256 MiB, 16 MiB.
    fn default() -> Self {
        Self { connections: 20_000, memory: 256 << 20, body: 16 << 20 }
    }
}

impl Limits {
    /// With this many connections.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// With this many bytes of requests in memory.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// With this many bytes in the body of a request.
    #[must_use]
    pub fn body(mut self, bytes: u64) -> Self {
        self.body = bytes;
        self
    }
}

/// How a server is set up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Its limits.
    pub limits: Limits,
    /// Whether the journal has what was sent.
    pub detail: Detail,
    /// Requests that are not for scripts.
    pub diversion: Option<Diversion>,
    /// Which versions of HTTP it speaks.
    pub versions: Versions,
    /// Its certificate, if it is reached over TLS. Then all requests are for scripts.
    pub tls: Option<Identity>,
}

impl Default for Settings {
    /// The default limits, everything in the journal, no diversion, all versions, no TLS.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            detail: Detail::default(),
            diversion: None,
            versions: Versions::Http1And2,
            tls: None,
        }
    }
}
