//! Cases for intermediaries: the harness is the origin behind the implementation and the client in front of it.
//!
//! A session is one path of the origin. A `request` in front leads to a request at the origin, whose response comes back
//! through the implementation.
//!
//! - [`step`]: the steps
//! - `shape`: how they are written in TOML
//! - `read`: reading them
//! - [`implied`]: the implied steps
//! - [`words`]: the steps in words
//! - `lint`: mistakes that the format allows

pub mod implied;
#[cfg(feature = "authoring")]
pub(crate) mod lint;
pub(crate) mod read;
pub(crate) mod shape;
pub mod step;
pub mod words;

pub use implied::expand;
pub use step::{
    FieldChange, IntermediaryFact, IntermediaryStep, NoCleanEnd, Observed, Passed, RequestObserved,
};
