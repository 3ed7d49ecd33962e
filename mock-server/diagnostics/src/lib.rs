//! TOML read with positions: what a file may hold is described once as a [`Shape`], and from that description come the
//! check with its error messages, and the JSON Schema that editors complete with.
//!
//! - [`source`]: a file's name and text, and the lines of it
//! - [`diagnostic`]: what is wrong, where, and what to do
//! - [`shape`]: what a file may hold
//! - [`check`]: a document held against its shape
//! - [`lexical`]: what TOML allows and a byte-exact script must not use
//! - [`schema`]: a shape as JSON Schema
//! - [`value`]: reading of values that passed the check

pub mod check;
pub mod diagnostic;
pub mod lexical;
pub mod schema;
pub mod shape;
pub mod source;
pub mod value;

pub use check::{nearest, parse};
pub use diagnostic::{Diagnostic, Diagnostics, Findings};
pub use shape::{Key, Shape, Table, Verb};
pub use source::Source;
pub use value::Value;
