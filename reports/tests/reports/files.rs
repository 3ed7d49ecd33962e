//! The results files in `tests/files`.

use std::path::PathBuf;

use ssespec_reports::Results;

/// Every file that can be read.
pub(crate) const ALL: [&str; 8] =
    ["all-pass", "verdicts", "incomplete", "hostile", "empty", "before", "after", "other"];

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(format!("{name}.jsonl"))
}

pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect("the file is in tests/files")
}

pub(crate) fn results(name: &str) -> Results {
    read(name, &text(name))
}

/// Reads a text under a name that is the same on every machine.
pub(crate) fn read(name: &str, text: &str) -> Results {
    Results::read(&format!("{name}.jsonl"), text.as_bytes()).expect("the file can be read")
}
