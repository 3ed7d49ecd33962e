//! Where the scenarios of `ssespec mock` come from.

use std::path::PathBuf;

use ssespec_diagnostics::Source;
use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::format::read;

use super::arguments::Arguments;
use super::presets;
use crate::error::CommandError;

/// The scenarios of the command line.
pub(super) fn scenarios(arguments: &Arguments) -> Result<Vec<Scenario>, CommandError> {
    match &arguments.preset {
        Some(name) => Ok(vec![presets::scenario(name)?]),
        None => from_files(&arguments.files),
    }
}

/// The scenarios in files.
pub(super) fn from_files(files: &[PathBuf]) -> Result<Vec<Scenario>, CommandError> {
    files.iter().map(|file| Ok(read(&Source::read(file)?)?)).collect()
}
