//! TOML read with positions. A [`Shape`] describes once what a file may contain; the check with its error messages and
//! the JSON Schema for editors both come from that description.
//!
//! - [`source`]: a file's name and text, and positions in it
//! - [`load`]: reading a file as text
//! - [`diagnostic`]: what is wrong, where, and how to fix it
//! - [`shape`]: what a file may contain
//! - [`mod@words`]: enums that files name by words
//! - [`check`]: checking a document against its shape
//! - [`lexical`]: TOML syntax that byte-exact scripts must not use
//! - [`nearest`](mod@nearest): the known name that was probably meant
//! - `schema`: a shape as JSON Schema (feature `schema`)
//! - [`value`]: reading values that passed the check

pub mod check;
pub mod diagnostic;
pub mod lexical;
pub mod load;
pub mod nearest;
#[cfg(feature = "schema")]
pub mod schema;
pub mod shape;
pub mod source;
pub mod value;
pub mod words;

pub use check::parse;
pub use diagnostic::{Diagnostic, Diagnostics, Findings};
pub use load::SourceError;
pub use nearest::nearest;
pub use shape::{Key, Shape, Table, Verb};
pub use source::Source;
pub use value::Value;
pub use words::Words;
