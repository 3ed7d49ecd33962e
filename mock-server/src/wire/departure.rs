//! How a peer leaves a connection.

use std::io;

/// How a peer left a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// FIN. A peer that only closes its own direction counts as gone, as with most HTTP servers.
    Fin,
    /// RST.
    Reset,
    /// RST_STREAM with this code, which leaves the connection open.
    ResetStream(u32),
    /// The system gave another reason, such as a time-out.
    Failed(io::ErrorKind),
}

impl From<io::Error> for Departure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A write reports EPIPE if the connection was reset earlier.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                Self::Reset
            }
            kind => Self::Failed(kind),
        }
    }
}
