//! Notices when the files of scenarios change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::server::Server;

use super::sources::Sources;
use crate::output;

/// How often files are looked at.
const INTERVAL: Duration = Duration::from_millis(250);

/// What is compared of a file; `None` if it cannot be read.
type Stamp = Option<(SystemTime, u64)>;

/// The files of scenarios, and how they were when they were read.
#[derive(Debug)]
pub(super) struct Watch {
    sources: Sources,
    /// The files that the scenarios name.
    named: Vec<PathBuf>,
    seen: BTreeMap<PathBuf, Stamp>,
}

impl Watch {
    /// Files that are about to be read.
    pub(super) fn new(sources: &Sources) -> Self {
        Self { seen: stamps(sources.files()), sources: sources.clone(), named: Vec::new() }
    }

    /// Also watches the files that the scenarios name.
    pub(super) fn named_in(&mut self, scenarios: &[Scenario]) {
        self.named = files_of(scenarios);
        self.seen.retain(|file, _| self.sources.files().contains(file));
        self.seen.extend(stamps(&self.named));
    }

    fn now(&self) -> BTreeMap<PathBuf, Stamp> {
        let mut all = stamps(self.sources.files());
        all.extend(stamps(&self.named));
        all
    }

    /// Serves the scenarios again whenever a file changes. Files with a mistake are reported, and the server keeps what
    /// it has.
    pub(super) async fn follow(mut self, server: &Server) {
        if self.sources.files().is_empty() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(INTERVAL).await;
            let now = self.now();
            if now == self.seen {
                continue;
            }
            self.seen = now;
            match self.sources.read_files() {
                Ok(scenarios) => {
                    self.named_in(&scenarios);
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
}

/// The files that scenarios name.
fn files_of(scenarios: &[Scenario]) -> Vec<PathBuf> {
    scenarios.iter().flat_map(|scenario| scenario.files.iter().cloned()).collect()
}

fn stamps(files: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let stamp = |file: &PathBuf| {
        let found = std::fs::metadata(file).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    files.iter().map(|file| (file.clone(), stamp(file))).collect()
}
