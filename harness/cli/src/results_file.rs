//! Reading results files.

use std::path::Path;

use ssespec_reports::results::Results;

use crate::error::CommandError;
use crate::output;

/// Reads a results file, and prints its warnings.
pub(crate) fn open(path: &Path) -> Result<Results, CommandError> {
    let results = Results::open(path)?;
    for warning in results.warnings() {
        output::note(&format!("warning: {warning}"));
    }
    Ok(results)
}
