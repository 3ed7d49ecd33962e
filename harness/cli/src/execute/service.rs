//! A run with a client behind a test service, which may have to be started.

use std::path::Path;

use ssespec::program::{ProgramError, RunningService};
use ssespec::run::Run;

use super::outcome::Outcome;
use crate::error::CommandError;
use crate::options::format::Format;

/// Starts the service with a command in a folder if there is one, executes the run, and ends the service.
///
/// # Errors
/// If the service cannot be started, or ends on its own; or if the run fails.
pub(crate) async fn execute(
    run: &Run,
    (folder, command): (&Path, &[String]),
    file: Option<&Path>,
    format: Format,
) -> Result<Outcome, CommandError> {
    if command.is_empty() {
        return super::cases::execute(run, file, format).await;
    }
    let of_folder =
        |error: ProgramError| CommandError::Program { folder: folder.to_owned(), error: Box::new(error) };
    let mut service = RunningService::start(folder, command).map_err(of_folder)?;
    let outcome = tokio::select! {
        outcome = super::cases::execute(run, file, format) => outcome,
        ended = service.ends() => Err(of_folder(ended)),
    };
    outcome.map_err(|error| match error {
        // What it printed may say why.
        CommandError::Adapter { folder, fault, .. } => {
            CommandError::Adapter { folder, fault, stderr: service.output() }
        }
        other => other,
    })
}
