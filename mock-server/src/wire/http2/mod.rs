//! HTTP/2.
//!
//! - [`client`]: a client without a socket, spoken by the `h2` crate
//! - [`frame`]: frames and literal fields as bytes, for what must be wrong on purpose

pub mod client;
pub mod frame;
