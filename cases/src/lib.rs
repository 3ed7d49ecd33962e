//! The case format of ssespec, and its cases.
//!
//! A case is one TOML file: a script in time order that checks one claim.
//!
//! - [`role`]: the roles that cases are written for
//! - [`case`]: a case, as types
//! - [`step`]: what the steps of all roles have in common
//! - [`grammar`]: the grammar that the cases of all roles share
//! - [`client`], `server` (feature `server`), `intermediary` (feature `intermediary`): the steps of each role
//! - [`mod@format`]: reading a case
//! - [`capability`]: what an implementation's API can do and show
//! - [`requirement`]: the statements that cases check
//! - [`corpus`]: cases with the requirements that they check
//! - [`load`]: loading a corpus from a folder, or from this binary
//! - [`mod@quote`]: texts of a case, quoted
//!
//! With the feature `authoring`, for those who write cases:
//!
//! - `counterpart`: the tests of other suites, and the cases that make the same claims
//! - `lint`: mistakes that the format allows
//! - `explain`: a case in English

pub mod capability;
pub mod case;
pub mod client;
pub mod corpus;
#[cfg(feature = "authoring")]
pub mod counterpart;
#[cfg(feature = "authoring")]
pub mod explain;
pub mod format;
pub mod grammar;
#[cfg(feature = "intermediary")]
pub mod intermediary;
#[cfg(feature = "authoring")]
pub mod lint;
pub mod load;
pub mod quote;
pub mod requirement;
pub mod role;
#[cfg(test)]
mod sample;
#[cfg(feature = "server")]
pub mod server;
pub mod step;

pub use capability::Capability;
pub use case::{Case, Kept, Script};
pub use corpus::Corpus;
pub use requirement::{Level, Requirement};
pub use role::Role;
pub use step::{Played, Step};
