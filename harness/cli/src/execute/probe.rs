//! Probing a server by its URL.

use std::io::ErrorKind;
use std::path::Path;

use ssespec::run::Rerun;
use ssespec_probe::{Probe, ProbeError};

use crate::error::CommandError;
use crate::execute::outcome::Outcome;
use crate::options::format::Format;
use crate::recorder::Recorder;

/// Executes a probe with progress.
///
/// # Errors
/// If no check is selected, the server cannot be reached, or the results file cannot be written.
pub(crate) async fn execute(
    probe: &Probe,
    file: Option<&Path>,
    format: Format,
) -> Result<Outcome, CommandError> {
    let checks = probe.checks();
    if probe.is_empty() {
        return Err(ProbeError::NothingSelected.into());
    }
    let mut recorder = Recorder::new(file, format, checks.len())?;
    let conclusion = probe.execute(&mut |record| recorder.take(record)).await;
    let conclusion = conclusion.map_err(|error| {
        // Only the TLS handshake fails with this kind of error. Its hint names options of `ssespec probe`.
        let is_handshake = matches!(&error, ProbeError::Unreachable { source, .. } if source.kind() == ErrorKind::InvalidData);
        if is_handshake && matches!(probe.rerun, Rerun::Probe(_)) {
            CommandError::Handshake(error)
        } else {
            CommandError::Probe(error)
        }
    })?;
    Ok(Outcome::new(conclusion, recorder.finish("this probe")?, format))
}
