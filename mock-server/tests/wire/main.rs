//! The wire, seen from the other end: raw sockets that know nothing of HTTP.

mod barrier;
mod diversion;
mod endings;
mod framing;
#[cfg(feature = "http2")]
mod http2;
#[cfg(feature = "http2")]
mod http2_control;
#[cfg(feature = "http2")]
mod http2_peer;
mod listener;
mod peer;
mod requests;
mod sending;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_peer;
