//! Prints what `--write-baseline` changed.

use std::path::Path;

use ssespec::baseline_file::Changes;

use crate::output;

/// Prints the changes of a baseline.
pub(crate) fn print(file: &Path, changes: &Changes) {
    let file = file.display();
    let count = |number: usize| {
        if number == 1 { "1 known failure".into() } else { format!("{number} known failures") }
    };
    match (changes.added.len(), changes.removed.len()) {
        (0, 0) => output::note(&format!("{file}: the known failures have not changed")),
        (added, 0) => output::note(&format!("{file}: {} added; give each a reason", count(added))),
        (0, removed) => output::note(&format!("{file}: {} removed", count(removed))),
        (added, removed) => {
            output::note(&format!("{file}: {} added, {removed} removed; give each a reason", count(added)));
        }
    }
    for pattern in &changes.left {
        output::note(&format!(
            "{file}: '{pattern}' is unchanged: some of its cases pass, but this run did not select all of them"
        ));
    }
}
