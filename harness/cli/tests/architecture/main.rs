//! The architecture, read from the manifests and imports: crates depend in one direction, and no crate holds a circle
//! of files.
//!
//! - `directions`: which crate may depend on which
//! - `circles`: files that import each other
//! - `imports`: the modules of a crate, and what each file takes from the others

mod circles;
mod directions;
mod imports;

use std::path::{Path, PathBuf};

/// The folders of the crates, relative to the repository.
const CRATES: [&str; 10] = [
    "mock-server/diagnostics",
    "mock-server",
    "cases",
    "reports",
    "harness/strict",
    "harness/runner",
    "harness/reference",
    "harness/probe",
    "harness/browser",
    "harness/cli",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
