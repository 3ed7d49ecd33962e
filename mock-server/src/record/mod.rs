//! Real streams as scenarios: what a server wrote, with its cuts and times.
//!
//! - [`reader`]: reads a response and keeps its cuts
//! - [`recording`]: what was recorded
//! - [`secrets`]: what must not be written to a file
//! - [`scenario_text`], [`case_text`]: a recording as a scenario, and as a case that a person completes
//! - `events`: the events in a recorded body; `toml_text`: values in TOML

pub mod case_text;
mod events;
pub mod reader;
pub mod recording;
pub mod scenario_text;
pub mod secrets;
mod toml_text;

pub use reader::ResponseReader;
pub use recording::{RecordedEnd, RecordedResponse, RecordedWrite, Recording, Resumption};
pub use secrets::Secrets;
