//! The defects of the reference implementations: ways to be wrong that can be switched on.
//!
//! Each is one small change of behavior, seen in the field or derived from a requirement. A sound implementation has no
//! defects. They prove the cases: a case that no defect fails would not notice a mistake, and a defect that no case catches
//! shows that a case is missing.
//!
//! - `list`: the lists, made of the entries in `client`, `server` and `intermediary`
//! - `switches`: which defect an implementation has
//!
//! To add one, add its entry to a file in `client`, `server` or `intermediary`, and a decision where the rule is that it breaks:
//!
//! ```text
//! /// The description: what the implementation does, as a sentence.
//! TwoSpacesRemoved: "whatwg/field-one-leading-space-stripped",
//!
//! if value.starts_with("  ") && self.defects.has(Defect::TwoSpacesRemoved) { .. }
//! ```
//!
//! The condition before `has` says when the two behaviors differ, as closely as is easy: a case that never reaches the
//! decision for a defect cannot be changed by it, and is not played with it. There is no other fork: an implementation
//! without defects runs the same code as one with a defect.

mod client;
mod intermediary;
pub(crate) mod list;
mod server;
pub(crate) mod switches;
