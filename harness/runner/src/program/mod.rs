//! A proxy that the harness starts, watches and ends.
//!
//! - [`running`]: starting it, and whether it is ready
//! - `configuration`: its templates, with the placeholders filled in
//! - `process`: its process and those that it starts
//! - `tree`: which processes these are
//! - [`version`]: whether it has the version that its folder names
//! - [`error`]: why it cannot be tested

mod configuration;
pub mod error;
mod process;
pub mod running;
mod tree;
pub mod version;

pub use error::ProgramError;
pub use running::Running;
