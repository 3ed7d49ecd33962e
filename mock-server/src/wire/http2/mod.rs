//! HTTP/2.
//!
//! - `connection`, `stream`: what the server does on a connection and on each of its streams; `socket` is between the
//!   connection and the system, and `link` between a stream and its connection
//! - `interjected`: frames that scripts write between those of the `h2` crate
//! - `outlet`: where the response of a stream goes
//! - `request`, `response`: requests, and heads of responses
//! - `client`: a client without a socket, spoken by the `h2` crate
//! - `frame`: frames and literal fields as bytes, for deliberate mistakes

#[cfg(feature = "http2")]
pub mod client;
#[cfg(feature = "http2")]
pub(in crate::wire) mod connection;
#[cfg(feature = "http2")]
pub mod frame;
#[cfg(feature = "http2")]
mod interjected;
#[cfg(feature = "http2")]
mod link;
#[cfg(feature = "http2")]
mod outlet;
#[cfg(feature = "http2")]
mod request;
pub(in crate::wire) mod response;
#[cfg(feature = "http2")]
mod socket;
#[cfg(feature = "http2")]
mod stream;
