//! A proxy, or a test service, that the harness starts, watches and ends.
//!
//! - [`running`]: starting it, and whether it is ready
//! - [`service`]: a test service, whose client says whether it is ready
//! - `configuration`: its templates, with the placeholders filled in
//! - `process`: its process and those that it starts
//! - `tree`: which processes these are
//! - [`version`]: whether it has the version that its folder names
//! - [`error`]: why it cannot be tested

mod configuration;
pub mod error;
mod process;
pub mod running;
pub mod service;
mod tree;
pub mod version;

pub use error::ProgramError;
pub use running::Running;
pub use service::RunningService;
