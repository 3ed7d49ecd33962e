//! Why a connection ends.

use super::inbox::Interruption;
use super::order::Done;
use super::request::Request;
use crate::action;
use crate::wire::departure::Departure;

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum Exit {
    /// The peer has left.
    Departed(Departure),
    /// It is dropped, as the script specifies.
    Drop(action::Drop, Done),
    /// It is closed with FIN, unless that was already sent.
    Leave,
    /// It is reset immediately.
    Abort(Option<Done>),
    /// It is given away with this request.
    Divert(Box<Request>),
    /// It goes on over HTTP/2.
    #[cfg(feature = "http2")]
    Http2,
}

impl From<Interruption> for Exit {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Drop(how, done) => Self::Drop(how, done),
            Interruption::Leave => Self::Leave,
            Interruption::Abort => Self::Abort(None),
        }
    }
}
