//! Where the scenarios of `ssespec mock` come from.

use std::path::PathBuf;
use std::sync::Arc;

use ssespec_diagnostics::Source;
use ssespec_mock_server::forward::Upstream;
use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::format::{ForwardSteps, read_with};

use super::arguments::Arguments;
use super::presets;
use crate::error::CommandError;

/// Where scenarios come from, and where they forward to.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    files: Vec<PathBuf>,
    upstream: Option<Arc<Upstream>>,
}

impl Sources {
    /// Those of the command line.
    pub(super) fn new(arguments: &Arguments) -> Result<Self, CommandError> {
        let upstream = arguments.upstream.upstream()?.map(Arc::new);
        Ok(Self { files: arguments.files.clone(), upstream })
    }

    /// The files.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The server to forward to, if there is one.
    pub(super) fn upstream(&self) -> Option<&Upstream> {
        self.upstream.as_deref()
    }

    /// The scenarios: of a preset, or of the files.
    pub(super) fn scenarios(&self, preset: Option<&str>) -> Result<Vec<Scenario>, CommandError> {
        let Some(name) = preset else { return self.read_files() };
        Ok(vec![Scenario { upstream: self.upstream.clone(), ..presets::scenario(name)? }])
    }

    /// The scenarios in the files; without files, one that only forwards.
    pub(super) fn read_files(&self) -> Result<Vec<Scenario>, CommandError> {
        let upstream = &self.upstream;
        if self.files.is_empty() {
            return Ok(vec![Scenario { upstream: upstream.clone(), ..Scenario::default() }]);
        }
        let forward_steps = if upstream.is_some() { ForwardSteps::Allowed } else { ForwardSteps::Refused };
        let scenario = |file: &PathBuf| {
            let scenario = read_with(&Source::read(file)?, forward_steps)?;
            Ok(Scenario { upstream: upstream.clone(), ..scenario })
        };
        self.files.iter().map(scenario).collect()
    }
}
