//! The reference client: an `EventSource` written from the text of the standard, step by step.
//!
//! Where the text leaves something open or contradicts its own examples, the comment there says what was chosen and why.
//!
//! - `session`: one event source, from its constructor to its end
//! - `event_source`: the processing model; `loss`: how connections end; `past`: a record of earlier ones
//! - `reconnection_delay`: how long to wait before the next connection; `read_timeout`: how long a stream may be silent;
//!   `lifetime`: limits that only defects set
//! - `request`, `fetch`, `exchange`: a request, its redirects, and one response on the wire
//! - `http2`: the connections over HTTP/2 that streams share; `http_error`: what goes wrong on a connection
//! - `socket`, `body_reader`: the bytes of a connection and of a body
//! - `frames`: the frames of a server, as defects see them
//! - `url`, `mime`: URLs, and the media type of a response

mod body_reader;
mod event_source;
mod exchange;
mod fetch;
mod frames;
pub(crate) mod http2;
mod http_error;
mod lifetime;
mod loss;
pub(crate) mod mime;
mod past;
mod read_timeout;
mod reconnection_delay;
mod request;
pub(crate) mod session;
mod socket;
mod url;

#[cfg(test)]
mod tests;
