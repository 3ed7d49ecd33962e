//! Connections that are not for scripts: a path beneath which somebody else answers at the same origin.

use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;

use super::http1::request::Request;

/// Where requests beneath some paths go instead of to the scripts.
#[derive(Debug, Clone)]
pub struct Diversion {
    /// How the request targets begin that it takes, such as `/a1b2c3/`.
    pub prefixes: Vec<String>,
    /// Who answers them.
    pub to: UnboundedSender<Diverted>,
}

impl Diversion {
    /// Whether it takes a request.
    pub(super) fn takes(&self, request: &Request) -> bool {
        self.prefixes.iter().any(|prefix| request.target.starts_with(prefix))
    }
}

/// A connection that was given away with the request that it brought. The listener knows nothing of it any more:
/// [`close_connections`](super::Listener::close_connections) and
/// [`shutdown`](super::Listener::shutdown) leave it alone.
#[derive(Debug)]
pub struct Diverted {
    /// The connection, on which nothing was written in answer to the request.
    pub stream: TcpStream,
    /// The request.
    pub request: Request,
    /// What the peer sent after it.
    pub ahead: Vec<u8>,
}
