//! Diagnosis: the mistakes that explain the failures of a run.
//!
//! A client with three mistakes can fail a hundred cases. The reference implementations can make hundreds of known
//! mistakes, one at a time, and for each it is known which cases fail with it, in which delivery and at which step. The
//! diagnosis of a run is a small set of these mistakes whose failures cover those that were observed, and of which none
//! would fail something that held.
//!
//! That a mistake explains failures does not prove that the implementation makes it: another mistake may look the same.
//!
//! - `symptom`: how a failure looks; [`table`]: which mistake fails which cases
//! - `observed`: what a run shows; `candidate`: how a mistake compares with it
//! - [`explain`](mod@explain): the choice of causes

mod candidate;
pub mod explain;
mod observed;
pub mod symptom;
pub mod table;

pub use explain::diagnose;
pub use symptom::Symptom;
pub use table::{Mistake, Table, TableError};
