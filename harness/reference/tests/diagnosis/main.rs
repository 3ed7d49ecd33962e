//! Whether a run's diagnosis names the mistakes that the implementation makes, and where its tables come from.
//!
//! - `subject`: the reference implementation of a role, with defects; `survey`: which decisions each case reaches
//! - `playing`: playing the cases that defects can change
//! - `generate`: the tables, made by `cargo test -p ssespec-reference --test diagnosis -- --ignored`
//! - `proofs`: every defect names itself, and so do several together

mod generate;
mod playing;
mod proofs;
mod subject;
mod survey;
