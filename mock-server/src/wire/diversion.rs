//! Connections that are not for scripts: another handler serves the paths under a prefix at the same origin.

use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;

use super::http1::request::Request;

/// Where requests under some paths go instead of to the scripts.
#[derive(Debug, Clone)]
pub struct Diversion {
    /// The prefix of the request targets that it takes, such as `/a1b2c3/`.
    pub prefixes: Vec<String>,
    /// The handler that answers them.
    pub to: UnboundedSender<Diverted>,
}

impl Diversion {
    /// Whether it takes a request.
    pub(super) fn takes(&self, request: &Request) -> bool {
        self.prefixes.iter().any(|prefix| request.target.starts_with(prefix))
    }
}

/// A connection that was passed to another handler with its request. The listener no longer tracks it:
/// [`close_connections`](super::Listener::close_connections) and [`shutdown`](super::Listener::shutdown) do not affect
/// it.
#[derive(Debug)]
pub struct Diverted {
    /// The connection, on which no part of a response was written.
    pub stream: TcpStream,
    /// The request.
    pub request: Request,
    /// The bytes that the peer sent after the request.
    pub ahead: Vec<u8>,
}
