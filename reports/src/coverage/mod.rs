//! Documents statement by statement: which case checks each, and which implementations meet it.
//!
//! The caller provides the statements and cases; the results of implementations come from their results files. A failed
//! case counts against every statement that it names.

mod counterparts;
mod document;
mod markdown;
mod seen;
mod summary;
mod text;

pub use counterparts::{Counterparts, ForeignSuite, ForeignTest};
pub use document::{Check, Section, Seen, Statement, Suite};
pub use seen::Implementation;
pub use summary::Tally;

use serde::Serialize;

use crate::{
    markdown::{MatrixError, check},
    results::Results,
    totals::suite_rank,
};

/// Documents, and the cases that check them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    summary: Vec<Tally>,
    implementations: Vec<Implementation>,
    suites: Vec<Suite>,
}

impl Coverage {
    /// The coverage of these documents, with the results of these runs. The documents that decide conformance come first.
    ///
    /// # Errors
    ///
    /// If two runs are of the same version of the same implementation, or come from different versions of the suite.
    pub fn new(mut suites: Vec<Suite>, runs: &[Results]) -> Result<Self, MatrixError> {
        suites.sort_by(|a, b| (suite_rank(&a.name), &a.name).cmp(&(suite_rank(&b.name), &b.name)));
        for suite in &mut suites {
            suite.sections.sort_by_key(|section| section.title.is_some());
        }
        if !runs.is_empty() {
            check(runs)?;
        }
        let mut coverage = Self { summary: summary::summary(&suites), implementations: Vec::new(), suites };
        for run in runs {
            let implementation = seen::see(&mut coverage.suites, run);
            coverage.implementations.push(implementation);
        }
        Ok(coverage)
    }

    /// Omits every statement that has a case for each role it binds, and the untestable ones. The summary is unchanged.
    #[must_use]
    pub fn uncovered(mut self) -> Self {
        for suite in &mut self.suites {
            for section in &mut suite.sections {
                section.requirements.retain(|statement| !statement.missing.is_empty());
            }
            suite.sections.retain(|section| !section.requirements.is_empty());
        }
        self.suites.retain(|suite| !suite.sections.is_empty());
        self
    }

    /// All of it as JSON.
    ///
    /// # Errors
    ///
    /// If serialization fails, which no value of these types is known to cause.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
