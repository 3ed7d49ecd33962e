//! Documents statement by statement: what is checked by which case, and who keeps it.
//!
//! The statements and cases are given; what implementations did is read from their results. A case that did not hold
//! counts against every statement that it names.

mod counterparts;
mod markdown;
mod seen;
mod summary;
mod text;

pub use counterparts::{Counterparts, ForeignSuite, ForeignTest};
pub use seen::{Implementation, Seen};
pub use summary::Tally;

use serde::Serialize;

use crate::{
    markdown::{MatrixError, check},
    results::{Level, Results},
    totals::suite_rank,
};

/// Documents, and what checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    summary: Vec<Tally>,
    implementations: Vec<Implementation>,
    suites: Vec<Suite>,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suite {
    /// What the ids of its statements begin with.
    pub name: String,
    /// What it is called.
    pub title: Option<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// Its parts, in their order, after what stands in none.
    pub sections: Vec<Section>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// What it is called; none for what stands in no part.
    pub title: Option<String>,
    /// Its statements, in their order.
    pub requirements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// `suite/name`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// What it binds.
    pub binds: Vec<String>,
    /// The roles that these are parts of.
    pub roles: Vec<String>,
    /// What it says.
    pub text: String,
    /// Where the document says so.
    pub link: String,
    /// Reports from the field.
    pub evidence: Vec<String>,
    /// Why no case can check it.
    pub untestable: Option<String>,
    /// Why the document leaves it open. Judged as `may`.
    pub disputed: Option<String>,
    /// The cases that check it.
    pub cases: Vec<Check>,
    /// The roles of which a case could check it and none does.
    pub missing: Vec<String>,
    /// What implementations made of it; those that did not run any of its cases are left out.
    pub results: Vec<Seen>,
}

/// A case that checks a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its id.
    pub id: String,
    /// What it claims.
    pub title: String,
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
            let implementation = coverage.see(run);
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
