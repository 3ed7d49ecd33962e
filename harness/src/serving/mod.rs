//! A server living through one case.
//!
//! - `describe`: what was observed, in words

pub(crate) mod describe;
