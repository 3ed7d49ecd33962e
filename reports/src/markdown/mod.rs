//! Many implementations side by side, as Markdown.

mod advice;
mod causes;
mod cells;
mod compatibility;
mod escape;
mod matrix;
mod section;

pub(crate) use advice::list as settings_list;
pub(crate) use causes::item as cause_item;
pub use compatibility::compatibility;
pub(crate) use escape::{link, linked, prose, text};
pub(crate) use matrix::check;
pub use matrix::{MatrixError, matrix};
