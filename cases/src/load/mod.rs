//! Loading a corpus from this binary, or from a folder.
//!
//! - [`error`]: why a corpus could not be loaded
//! - `files`: files with their ids
//! - `embedded`: the files in this binary
//! - `folder`: the files in a folder, and single files (feature `authoring`)
//! - `read`: reading the content of files

mod embedded;
pub mod error;
mod files;
#[cfg(feature = "authoring")]
mod folder;
mod read;

pub use error::CorpusError;
