//! The defects of the client.
//!
//! - `stream`: what is wrong with the event stream
//! - `connection`: what is wrong around it

pub(in crate::defect) mod connection;
pub(in crate::defect) mod stream;
