//! HTTP/2 written by hand, for what must be wrong on purpose. Whatever is right, the `h2` crate writes.
//!
//! - [`frame`]: frames and literal fields as bytes

pub mod frame;
