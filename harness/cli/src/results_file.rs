//! Reading results files, and merging those of shards.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use ssespec_reports::results::{ReadError, Results, Warning};
use ssespec_reports::shards::merge;

use crate::error::CommandError;
use crate::output;

/// Reads a results file, and prints its warnings.
pub(crate) fn open(path: &Path) -> Result<Results, CommandError> {
    let results = Results::open(path)?;
    warn(&results);
    Ok(results)
}

/// Reads whatever is intact of these files, one after another, and each while the one before is used.
pub(crate) fn readable(files: &[PathBuf]) -> impl Iterator<Item = Result<Results, ReadError>> {
    let (send, receive) = sync_channel(0);
    let files = files.to_vec();
    std::thread::spawn(move || {
        for file in files {
            // Nobody waits for the rest if the site cannot be written.
            if send.send(Results::open_readable(&file)).is_err() {
                return;
            }
        }
    });
    receive.into_iter()
}

/// Prints the warnings of a results file.
pub(crate) fn warn(results: &Results) {
    for warning in results.warnings() {
        output::note(&format!("warning: {warning}"));
    }
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

/// The run in a results file, or in a folder with the results files of its shards. Prints which shards are missing.
///
/// # Errors
/// If a file cannot be read, or a folder does not contain the results of one run.
pub(crate) fn one_run(path: &Path) -> Result<Results, CommandError> {
    let files = if path.is_dir() { files_in(path)? } else { vec![path.to_owned()] };
    let files = files.iter().map(|file| open(file)).collect::<Result<Vec<Results>, _>>()?;
    let mut runs = merged(files)?;
    match (runs.pop(), runs.len()) {
        (Some(run), 0) => Ok(run),
        (last, others) => {
            let runs = others + usize::from(last.is_some());
            Err(CommandError::NotOneRun { path: path.to_owned(), runs })
        }
    }
}

/// The results files in a folder, by name.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let read = |source| CommandError::Read { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(read)?;
    let mut files =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>, _>>().map_err(read)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    Ok(files)
}
