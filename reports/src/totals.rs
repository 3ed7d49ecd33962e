//! The numbers of a run, by rules that keep them honest.
//!
//! - The denominator is what the implementation could reach: skipped cases are excluded and
//!   counted separately. So are errors, which say nothing about conformance, and facts.
//! - A known failure is a failure: the baseline excuses the build, not the implementation.
//! - Percentages are rounded down, so 100 means all.
//! - A run that did not finish, or in which more than 1 % of the cases ended in an error, has no
//!   percentages.
//! - Suites are never added up: verdicts of different documents mean different things.

use std::{collections::BTreeMap, fmt};

use crate::{
    fold::{CaseOutcome, Outcome},
    results::{Counts, Level, Results},
};

/// The numbers of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The number of cases for each outcome, over all suites.
    pub counts: Counts,
    /// How many sessions ran: one for each case and delivery that was not skipped.
    pub sessions: usize,
    /// Whether percentages are shown.
    pub percentages: Percentages,
    /// Suite by suite; those that decide conformance first, then by name.
    pub suites: Vec<SuiteTotals>,
}

/// Whether the numbers of a run allow percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percentages {
    /// Percentages are shown.
    Shown,
    /// The run did not finish.
    Incomplete,
    /// More than 1 % of the cases came to an error.
    TooManyErrors,
}

impl Percentages {
    /// Why percentages are withheld.
    pub fn withheld(self) -> Option<&'static str> {
        match self {
            Self::Shown => None,
            Self::Incomplete => Some("no percentages: the run did not finish"),
            Self::TooManyErrors => Some("no percentages: more than 1 % of the cases ended in an error"),
        }
    }
}

/// The numbers of one suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteTotals {
    /// The suite.
    pub suite: String,
    /// The number of its cases for each outcome.
    pub counts: Counts,
    /// Cases of level `must`.
    pub must: Share,
    /// Cases of level `should`.
    pub should: Share,
}

/// A count out of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many held.
    pub held: usize,
    /// How many could be reached.
    pub of: usize,
}

impl Share {
    /// The percentage in tenths, rounded down; `None` if the denominator is 0.
    pub fn tenths(self) -> Option<usize> {
        (self.held * 1000).checked_div(self.of)
    }

    /// `98.6 %`, rounded down; `None` if the denominator is 0.
    pub fn percent(self) -> Option<String> {
        self.tenths().map(|tenths| match tenths {
            1000 => "100 %".to_owned(),
            tenths => format!("{}.{} %", tenths / 10, tenths % 10),
        })
    }

    pub(crate) fn add(&mut self, held: bool) {
        self.of += 1;
        self.held += usize::from(held);
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} of {}", self.held, self.of))
    }
}

impl Totals {
    /// The numbers of a run.
    pub fn of(results: &Results, cases: &[CaseOutcome<'_>]) -> Self {
        let mut counts = Counts::default();
        let mut suites: BTreeMap<(usize, &str), SuiteTotals> = BTreeMap::new();
        for case in cases {
            counts.add(case.outcome());
            let suite =
                suites.entry((suite_rank(case.suite()), case.suite())).or_insert_with(|| SuiteTotals {
                    suite: case.suite().to_owned(),
                    counts: Counts::default(),
                    must: Share::default(),
                    should: Share::default(),
                });
            suite.add(case);
        }
        let percentages = if !results.is_complete() {
            Percentages::Incomplete
        } else if counts.error * 100 > counts.ran() {
            Percentages::TooManyErrors
        } else {
            Percentages::Shown
        };
        Self {
            counts,
            sessions: cases.iter().map(CaseOutcome::ran).sum(),
            percentages,
            suites: suites.into_values().collect(),
        }
    }

    /// The numbers of a suite.
    pub fn suite(&self, name: &str) -> Option<&SuiteTotals> {
        self.suites.iter().find(|suite| suite.suite == name)
    }
}

/// Sorts the suites that decide conformance before the others.
pub(crate) fn suite_rank(suite: &str) -> usize {
    match suite {
        "whatwg" => 0,
        "http" => 1,
        _ => 2,
    }
}

/// Whether a suite decides conformance if no suite is selected by name.
pub(crate) fn decides_conformance(suite: &str) -> bool {
    suite_rank(suite) < 2
}

impl SuiteTotals {
    fn add(&mut self, case: &CaseOutcome<'_>) {
        self.counts.add(case.outcome());
        let held = match case.outcome() {
            Outcome::Pass => true,
            // A case of level `must` with a warning: its musts held.
            Outcome::Warn => case.level() == Level::Must,
            Outcome::Known | Outcome::Fail => false,
            Outcome::Skip | Outcome::Info | Outcome::Error => return,
        };
        match case.level() {
            Level::Must => self.must.add(held),
            Level::Should => self.should.add(held),
            Level::May => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_down() {
        let percent = |held, of| Share { held, of }.percent();
        assert_eq!(percent(999, 1000).as_deref(), Some("99.9 %"));
        assert_eq!(percent(9999, 10000).as_deref(), Some("99.9 %"));
        assert_eq!(percent(10000, 10000).as_deref(), Some("100 %"));
        assert_eq!(percent(0, 3).as_deref(), Some("0.0 %"));
        assert_eq!(percent(0, 0), None);
    }
}
