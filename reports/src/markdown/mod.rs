//! Many implementations side by side, as Markdown.

mod cells;
mod escape;
mod matrix;
mod section;

pub(crate) use escape::text;
pub use matrix::{MatrixError, matrix};
