//! Why a run could not begin, as an error of the command.

use ssespec::run::{Rerun, Run, RunError};

use crate::error::CommandError;

/// The error of the command for one of a run. That of an adapter names the folder of its implementation, if it has one.
pub(super) fn not_run(error: RunError, run: &Run) -> CommandError {
    match error {
        RunError::NothingSelected(selection) => CommandError::NoCaseSelected(selection),
        error @ (RunError::NotSpoken { .. } | RunError::NotForPages(_)) => {
            CommandError::Protocol(error.to_string())
        }
        RunError::Adapter { fault, stderr } => {
            let folder = match &run.rerun {
                Rerun::Folder { .. } => Some(run.name()),
                Rerun::Command(_)
                | Rerun::Server(_)
                | Rerun::Proxy(_)
                | Rerun::Probe(_)
                | Rerun::CargoTest(_) => None,
            };
            CommandError::Adapter { folder, fault, stderr }
        }
        RunError::Intermediary(error) => CommandError::Intermediary(error),
        RunError::Listen { address, problem } => CommandError::Listen { address, source: problem },
    }
}
