//! Mistakes that the format allows: scripts that cannot be played, claims about unknown requirements, and capabilities
//! that are used but not needed, or needed but not used.
//!
//! - `check`: all of them
//! - `claim`: titles and requirements
//! - `needs`: capabilities
//! - `counterparts`: tests of other suites
//! - `choices`: facts about alternatives
//! - `growth`: measured spans of work
//! - `isolation`: steps that require an isolated case
//! - `soak`: long waits
//! - `similar_requirement`: what an unknown requirement may mean
//! - `place`: where a key's value is
//! - [`coverage`]: what a corpus lacks as a whole

pub(crate) mod check;
mod choices;
pub(crate) mod claim;
mod counterparts;
pub mod coverage;
mod growth;
mod isolation;
mod needs;
mod place;
mod similar_requirement;
mod soak;

pub use check::check;
