//! What a client gets its response through.

use std::io;

use crate::intermediary::came::ResponseHead;

/// How a client has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// With FIN.
    Fin,
    /// With RST, or by an error.
    Reset,
    /// By resetting its HTTP/2 stream.
    Stream,
}

/// What a client gets its response through.
pub(crate) trait Front: Send {
    /// Sends the head of an interim response, if the version of HTTP allows it.
    fn interim(&mut self, head: &ResponseHead) -> impl Future<Output = io::Result<()>> + Send;
    /// Sends the head of the response.
    fn head(&mut self, head: &ResponseHead) -> impl Future<Output = io::Result<()>> + Send;
    /// Sends content, as soon as the client takes it.
    fn content(&mut self, content: &[u8]) -> impl Future<Output = io::Result<()>> + Send;
    /// Ends the response.
    fn end(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Breaks the response off.
    fn abort(&mut self);
    /// Waits until the client leaves.
    fn departed(&mut self) -> impl Future<Output = Departure> + Send;
}
