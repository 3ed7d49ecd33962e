//! Documents statement by statement: what is checked by which case, and who keeps it.
//!
//! The statements and cases are given; what implementations did is read from their results. A case that did not hold
//! counts against every statement that it names.

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

/// Documents, and what checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    summary: Vec<Tally>,
    implementations: Vec<Implementation>,
    suites: Vec<Suite>,
}

impl Coverage {
    /// What checks these documents, and what the implementations of these runs did. The documents that decide
    /// conformance are put first.
    ///
    /// # Errors
    ///
    /// When two runs are of the same version of the same implementation, or when they come from different versions of
    /// the suite.
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

    /// Leaves out every statement that a case of each role checks that it binds, and those that none can check. The
    /// summary stays.
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
    /// When it cannot be written as JSON, which no value of these types is known to do.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
