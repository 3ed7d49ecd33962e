//! The results of implementations, statement by statement.

use std::collections::BTreeMap;

use serde::Serialize;

use super::document::{Seen, Suite};
use crate::{
    fold::{CaseOutcome, Outcome, fold},
    results::{Level, Results},
    terminal,
    totals::{Percentages, Share, Totals},
};

/// An implementation, and how many statements it meets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Implementation {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Name, version and language, as shown in reports.
    pub title: String,
    /// Whether its run finished. If not, results may be missing.
    pub complete: bool,
    /// Suite by suite.
    pub suites: Vec<Kept>,
    #[serde(skip)]
    pub(super) percentages: Option<Percentages>,
}

/// How many statements of a suite an implementation meets, out of those the cases could check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The suite.
    pub suite: String,
    /// Statements of level `must`.
    #[serde(serialize_with = "as_pair")]
    pub must: Share,
    /// Statements of level `should`.
    #[serde(serialize_with = "as_pair")]
    pub should: Share,
}

fn as_pair<S: serde::Serializer>(share: &Share, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map([("held", share.held), ("of", share.of)])
}

impl Implementation {
    /// Its name in the results of a statement.
    pub(super) fn key(&self) -> String {
        key(&self.name, &self.version)
    }
}

fn key(name: &str, version: &str) -> String {
    format!("{name} {version}").trim_end().to_owned()
}

/// Records the results of one run for each statement.
pub(super) fn see(documents: &mut [Suite], run: &Results) -> Implementation {
    let cases = fold(run.results());
    let mut by_statement: BTreeMap<&str, Vec<&CaseOutcome<'_>>> = BTreeMap::new();
    for case in &cases {
        for id in &case.worst().requirements {
            by_statement.entry(id).or_default().push(case);
        }
    }
    let named = &run.header().implementation;
    let mut suites = Vec::new();
    for suite in documents {
        let mut kept = Kept { suite: suite.name.clone(), must: Share::default(), should: Share::default() };
        for statement in suite.sections.iter_mut().flat_map(|section| &mut section.requirements) {
            let Some(cases) = by_statement.get(statement.id.as_str()) else { continue };
            let seen = seen(key(&named.name, &named.version), cases);
            // Disputed statements are judged as `may`, which has no share.
            if statement.disputed.is_none() {
                kept.add(statement.level, seen.outcome);
            }
            statement.results.push(seen);
        }
        suites.push(kept);
    }
    Implementation {
        name: named.name.clone(),
        version: named.version.clone(),
        title: terminal::identity(run.header()),
        complete: run.is_complete(),
        suites,
        percentages: Some(Totals::of(run, &cases).percentages),
    }
}

fn seen(implementation: String, cases: &[&CaseOutcome<'_>]) -> Seen {
    let held = |outcome: Outcome| matches!(outcome, Outcome::Pass | Outcome::Info);
    let outcomes = || cases.iter().map(|case| case.outcome());
    Seen {
        implementation,
        outcome: outcomes().max().unwrap_or(Outcome::Skip),
        held: outcomes().filter(|outcome| held(*outcome)).count(),
        ran: outcomes().filter(|outcome| *outcome != Outcome::Skip).count(),
    }
}

impl Kept {
    fn add(&mut self, level: Level, outcome: Outcome) {
        let held = match outcome {
            Outcome::Pass => true,
            Outcome::Warn => level == Level::Must,
            Outcome::Known | Outcome::Fail => false,
            Outcome::Skip | Outcome::Info | Outcome::Error => return,
        };
        match level {
            Level::Must => self.must.add(held),
            Level::Should => self.should.add(held),
            Level::May => {}
        }
    }
}
