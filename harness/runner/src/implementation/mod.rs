//! An implementation's folder: `ssespec.toml`, and the setup commands and known failures in it.
//!
//! ```toml
//! name = "eventsource"
//! role = "client"
//! setup = [["npm", "ci"]]
//! command = ["node", "adapter.mjs"]
//!
//! [[known-failure]]
//! case = "client/reconnect/delay-*"
//! reason = "retry is read once per connection"
//! link = "https://github.com/owner/name/issues/1"
//! ```
//!
//! Instead of a command, use `browser = "chromium"` for a browser, `service = ".."` for a test service of sse-contract-tests (which
//! a command may start), or `url = ".."` for a running server. An intermediary's
//! command starts the proxy itself.
//!
//! - `shape`: what the files may contain
//! - `known`: known failures
//! - `error`: why a file cannot be used
//! - `folder`: a folder (feature `command`)
//! - `versions`: versions that a folder lists (feature `command`)
//! - `program`, `placeholder`: how an intermediary is started (feature `command`)

pub(crate) mod error;
#[cfg(feature = "command")]
mod folder;
pub(crate) mod known;
#[cfg(feature = "command")]
pub(crate) mod placeholder;
#[cfg(feature = "command")]
pub(crate) mod program;
mod shape;
#[cfg(feature = "command")]
mod versions;

pub use error::FolderError;
#[cfg(feature = "command")]
pub use folder::{Folder, Service, Start, schema};
pub use known::read_baseline;
#[cfg(feature = "command")]
pub use program::Program;
pub use shape::FILE;
