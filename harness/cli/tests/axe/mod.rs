//! axe-core, which judges how accessible a page is. `npm ci` in `ci/axe` installs it.

use std::path::{Path, PathBuf};
use std::{fs, io};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci/axe/node_modules/axe-core/axe.min.js")
}

/// Why it cannot be used.
pub(crate) fn missing() -> Option<String> {
    (!file().is_file()).then(|| "axe-core is not installed; run `npm ci` in ci/axe".to_owned())
}

/// The script that defines it.
pub(crate) fn script() -> io::Result<String> {
    fs::read_to_string(file())
}

/// A promise of what it finds, a line for each violation.
pub(crate) const VIOLATIONS: &str = "axe.run().then((results) => results.violations.map((one) => \
    `${one.id}: ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].failureSummary}`).join('\\n'))";
