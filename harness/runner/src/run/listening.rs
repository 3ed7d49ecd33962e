//! Where and how the listeners of a lane listen.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ssespec_mock_server::wire::tls::Identity;
use ssespec_mock_server::wire::{BarrierMode, Options, Versions};
use ssespec_reports::results::Protocol;

/// The certificate of the mock server, and where clients find the one that they must trust.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate.
    pub identity: Identity,
    /// The file with the certificate that clients must trust.
    pub ca_file: PathBuf,
}

/// Where and how the listeners of a lane listen.
#[derive(Debug, Clone)]
pub struct Listening {
    /// The loopback address.
    pub address: IpAddr,
    /// How write boundaries are kept.
    pub barrier: BarrierMode,
    /// What is spoken.
    pub protocol: Protocol,
    /// The certificate, if a protocol is over TLS.
    pub tls: Option<Tls>,
}

/// What connects to the listeners of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitor {
    /// A browser, which opens a page of the listener.
    #[cfg(feature = "page")]
    Browser,
    /// Anything else.
    Other,
}

impl Listening {
    /// A free port.
    pub(super) fn any_port(&self) -> SocketAddr {
        SocketAddr::new(self.address, 0)
    }

    /// How a listener behaves: it speaks one version of HTTP, so that the client cannot choose another. Browsers open the
    /// WebSocket of a page over HTTP/1.1, and everything else over HTTP/2 where it is offered.
    ///
    /// # Errors
    /// If the protocol is over TLS, and there is no certificate.
    pub(super) fn options(&self, visitor: Visitor) -> io::Result<Options> {
        let tls = match (&self.tls, self.protocol.is_tls()) {
            (_, false) => None,
            (Some(tls), true) => Some(tls.identity.clone()),
            (None, true) => return Err(io::Error::other("there is no certificate for TLS")),
        };
        let versions = match (self.protocol.is_http2(), visitor) {
            (false, _) => Versions::Http1,
            #[cfg(feature = "page")]
            (true, Visitor::Browser) => Versions::Http1And2,
            (true, Visitor::Other) => Versions::Http2,
        };
        Ok(Options { barrier: self.barrier, versions, tls, ..Options::default() })
    }

    /// The file with the certificate that clients must trust, if the protocol is over TLS.
    pub(super) fn ca_file(&self) -> Option<PathBuf> {
        let tls = self.tls.as_ref().filter(|_| self.protocol.is_tls())?;
        Some(tls.ca_file.clone())
    }
}
