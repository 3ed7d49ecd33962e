//! Which requests of browsers are refused: a page of another origin must not control the server.

use std::io;
use std::net::{IpAddr, SocketAddr};

use http::uri::Authority;
use http::{HeaderMap, StatusCode, header};

use super::answer::Refusal;

/// Where a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// On this machine.
    Here,
    /// Elsewhere. The server was made reachable for it.
    Elsewhere,
}

impl Peer {
    /// Where the client with this address is.
    pub(super) fn at(address: io::Result<SocketAddr>) -> Self {
        // An address that is gone is treated like the stricter case.
        if address.is_ok_and(|address| !address.ip().to_canonical().is_loopback()) {
            Self::Elsewhere
        } else {
            Self::Here
        }
    }
}

/// Refuses a request that a page of another origin makes, or one of a name that was made to resolve to this machine
/// ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)). Clients that are not browsers send no `Origin`.
/// Browsers send none either when a page asks its own origin, so that on this machine the name must be a local one.
pub(super) fn admit(headers: &HeaderMap, peer: Peer) -> Result<(), Refusal> {
    let authority = |text: &str| text.parse::<Authority>().ok();
    let host = headers.get(header::HOST).and_then(|host| authority(host.to_str().ok()?));
    let Some(origin) = headers.get(header::ORIGIN) else {
        return match host {
            Some(host) if peer == Peer::Here && !is_numeric_or_local(host.host()) => Err(Refusal::new(
                StatusCode::FORBIDDEN,
                format!("this is asked of {:?}, which may be a page of another origin", host.host()),
                "use an IP address or localhost",
            )),
            _ => Ok(()),
        };
    };
    let origin = origin.to_str().ok().and_then(|origin| authority(origin.split_once("://")?.1));
    match (origin, host) {
        (Some(origin), Some(host)) if origin == host && is_numeric_or_local(host.host()) => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "a page of another origin asks for this",
            "use the page of the mock server, by an IP address or as localhost",
        )),
    }
}

fn is_numeric_or_local(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests;
