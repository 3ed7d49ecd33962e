//! The case format of ssespec, and its cases.
//!
//! A case is one TOML file: a script in time order that checks one claim.
//!
//! - [`case`]: what a case holds, as types
//! - [`mod@format`]: how it is written, and reading it
//! - [`capability`]: what an implementation's API can reach
//! - [`requirement`]: the statements that cases check
//! - [`counterpart`]: the tests of other suites, and the cases that make the same claims
//! - [`corpus`]: the cases and requirements of a folder, or of this binary
//! - [`script`]: a case with its implied steps written out
//! - [`serving`]: what the scripts of server cases hold
//! - [`payload`]: what the bytes of a script hold
//! - [`lint`]: mistakes that the format allows
//! - [`words`]: what a case does and expects, in words
//! - [`explain`]: a case in English

pub mod capability;
pub mod case;
pub mod corpus;
pub mod counterpart;
pub mod explain;
pub mod format;
pub mod lint;
pub mod payload;
pub mod requirement;
#[cfg(test)]
mod sample;
pub mod script;
pub mod serving;
pub mod words;

pub use capability::Capability;
pub use case::{Case, Step};
pub use corpus::Corpus;
pub use requirement::{Level, Requirement};
