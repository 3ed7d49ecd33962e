//! The defects of the intermediary.
//!
//! - `forwarding`: what is wrong with how it forwards messages
//! - `content`: what is wrong with the content that it forwards, and when it forwards it

pub(in crate::defect) mod content;
pub(in crate::defect) mod forwarding;
