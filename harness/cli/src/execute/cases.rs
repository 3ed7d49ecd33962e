//! Running cases with an implementation.

use std::path::Path;

use ssespec::run::{Plan, Run};
use ssespec_cases::Capability;

use super::not_run::not_run;
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
    let conclusion = conclusion.map_err(|error| not_run(error, run))?;
    Ok(Outcome::new(conclusion, recorder.finish(&run.name())?, format))
}
