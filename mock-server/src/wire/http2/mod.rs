//! HTTP/2.
//!
//! - [`client`]: a client without a socket, spoken by the `h2` crate
//! - [`frame`]: frames and literal fields as bytes, for deliberate mistakes

pub mod client;
pub mod frame;
