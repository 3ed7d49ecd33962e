//! Notices when the files of scenarios change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::server::Server;

use super::sources::from_files;
use crate::output;

/// How often files are looked at.
const INTERVAL: Duration = Duration::from_millis(250);

/// What is compared of a file; `None` if it cannot be read.
type Stamp = Option<(SystemTime, u64)>;

/// Serves the scenarios of these files again whenever one of them changes. Files with a mistake are reported, and the
/// server keeps what it has.
pub(super) async fn follow(files: &[PathBuf], first: Vec<PathBuf>, server: &Server) {
    if files.is_empty() {
        return std::future::pending().await;
    }
    let mut named = first;
    let mut seen = stamps(files, &named);
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = stamps(files, &named);
        if now == seen {
            continue;
        }
        seen = now;
        match from_files(files) {
            Ok(scenarios) => {
                named = files_of(&scenarios);
                seen = stamps(files, &named);
                server.replace(scenarios).await;
                output::note("reloaded the scenarios");
            }
            Err(error) => {
                error.report();
                output::note("the server keeps the previous scenarios");
            }
        }
    }
}

/// The files that scenarios name.
pub(super) fn files_of(scenarios: &[Scenario]) -> Vec<PathBuf> {
    scenarios.iter().flat_map(|scenario| scenario.files.iter().cloned()).collect()
}

fn stamps(files: &[PathBuf], named: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let stamp = |file: &PathBuf| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    files.iter().chain(named).map(|file| (file.clone(), stamp(file))).collect()
}
