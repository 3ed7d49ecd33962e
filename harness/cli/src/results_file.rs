//! Reading results files, and merging those of shards.

use std::path::Path;

use ssespec_reports::results::{Results, Warning};
use ssespec_reports::shards::merge;

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

/// Merges the shards of each run, and prints which are missing.
pub(crate) fn merged(files: Vec<Results>) -> Result<Vec<Results>, CommandError> {
    let runs = merge(files)?;
    let warnings = runs.iter().flat_map(Results::warnings);
    for warning in warnings.filter(|warning| matches!(warning, Warning::MissingShards { .. })) {
        output::note(&format!("warning: {warning}"));
    }
    Ok(runs)
}
