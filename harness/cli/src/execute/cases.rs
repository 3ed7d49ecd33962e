//! Running cases with an implementation.

use std::path::Path;

use ssespec::run::{Plan, Rerun, Run, RunError};
use ssespec_cases::Capability;

use crate::error::CommandError;
use crate::execute::outcome::Outcome;
use crate::options::format::Format;
use crate::options::selection::nothing_selected;
use crate::recorder::Recorder;

/// Executes a run with progress.
///
/// # Errors
/// If no case is selected, the run cannot begin, or the results file cannot be written.
pub(crate) async fn execute(run: &Run, file: Option<&Path>, format: Format) -> Result<Outcome, CommandError> {
    let all = Capability::ALL.iter().copied().collect();
    let plan = Plan::of_role(run.launch.role(), &run.corpus, &run.selection, &all);
    if plan.is_empty() {
        return Err(nothing_selected(run.launch.role(), &run.corpus, &run.selection));
    }
    let mut recorder = Recorder::new(file, format, plan.cases())?;
    let conclusion = run.execute(&mut |record| recorder.take(record)).await;
    let conclusion = conclusion.map_err(|error| match error {
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
    })?;
    Ok(Outcome::new(conclusion, recorder.finish(&run.name())?, format))
}
