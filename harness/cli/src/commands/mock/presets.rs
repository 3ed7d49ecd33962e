//! The built-in scenarios.

use ssespec_diagnostics::Source;
use ssespec_mock_server::presets::{self, Preset};
use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::format::read;

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::output;
use crate::status::Status;

/// Lists the presets.
pub(super) fn list() -> Status {
    let width = presets::ALL.iter().map(|preset| preset.name.len()).max().unwrap_or_default();
    for preset in presets::ALL {
        output::print(&format!("{:width$}  {}\n", preset.name, preset.title()));
    }
    Status::Success
}

/// Prints a preset.
pub(super) fn show(name: &str) -> Result<Status, CommandError> {
    output::print(find(name)?.text);
    Ok(Status::Success)
}

/// The scenario of a preset.
pub(super) fn scenario(name: &str) -> Result<Scenario, CommandError> {
    let preset = find(name)?;
    Ok(read(&Source::new(preset.name, preset.text))?)
}

fn find(name: &str) -> Result<&'static Preset, CommandError> {
    let known = || presets::ALL.iter().map(|preset| preset.name);
    let found = presets::ALL.iter().find(|preset| preset.name == name);
    found.ok_or_else(|| UnknownName::preset(name, known()).into())
}
