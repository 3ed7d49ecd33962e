//! The grammar that the cases of all roles share.
//!
//! - `keys`: the keys of a case
//! - `read`: the visitor that reads steps
//! - `role_grammar`: what the grammar of one role consists of
//! - [`fields`]: what header fields must be
//! - `alternatives`: observations of which one must be made
//! - `data`: the data of events
//! - [`fact`]: facts to record
//! - [`measure`]: measured spans of work

pub(crate) mod alternatives;
pub(crate) mod data;
pub mod fact;
pub mod fields;
pub(crate) mod keys;
pub mod measure;
pub(crate) mod read;
pub(crate) mod role_grammar;

pub use fact::Fact;
pub use fields::FieldExpectation;
pub use measure::{Growth, Measurement, MemoryGrowth, TimeGrowth};
