//! Where the origin is, and how it is asked.

use std::net::SocketAddr;

/// Where the origin is, and over which version of HTTP it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// Over HTTP/1.1, with a connection for each request.
    Http1(SocketAddr),
    /// Over HTTP/2 without TLS, with one connection for all requests.
    Http2(SocketAddr),
}

impl From<SocketAddr> for Behind {
    fn from(address: SocketAddr) -> Self {
        Self::Http1(address)
    }
}

impl Behind {
    /// The address.
    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Self::Http1(address) | Self::Http2(address) => address,
        }
    }
}
