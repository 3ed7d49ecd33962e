//! How much of a suite an implementation meets: a bar, and its numbers.

use super::{outcome::class, run::Run};
use crate::{
    fold::Outcome,
    results::Level,
    totals::{Percentages, Share},
};

/// A stacked bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) parts: Vec<Part>,
    /// `215 of 283`, or nothing if no case could be reached.
    pub(super) share: String,
    /// `75.9 %`, unless percentages are withheld.
    pub(super) percent: String,
    /// All of it in words.
    pub(super) words: String,
}

/// A part of a bar. Positions and widths are in thousandths of the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) class: &'static str,
    pub(super) x: usize,
    pub(super) width: usize,
}

/// The parts of a bar, in their order.
const PARTS: [Outcome; 4] = [Outcome::Pass, Outcome::Warn, Outcome::Known, Outcome::Fail];

/// The bar of one level of a suite: what the implementation could reach. Skipped cases, facts and errors are not in it.
pub(super) fn bar(run: &Run, suite: &str, level: Level) -> Bar {
    let counts = run.counts(suite, level);
    let total: usize = PARTS.iter().map(|outcome| counts.get(*outcome)).sum();
    let share = run.totals.suite(suite).map_or(Share::default(), |suite| match level {
        Level::Must => suite.must,
        _ => suite.should,
    });
    let mut parts = Vec::new();
    let (mut before, mut x) = (0, 0);
    for outcome in PARTS {
        let count = counts.get(outcome);
        before += count;
        let end = (before * 1000).checked_div(total).unwrap_or_default();
        if count > 0 {
            parts.push(Part { class: class(outcome), x, width: end - x });
        }
        x = end;
    }
    let named: Vec<String> = PARTS
        .into_iter()
        .filter(|outcome| counts.get(*outcome) > 0)
        .map(|outcome| format!("{} {}", counts.get(outcome), super::outcome::word(outcome)))
        .collect();
    Bar {
        parts,
        share: if share.of == 0 { String::new() } else { share.to_string() },
        percent: match run.totals.percentages {
            Percentages::Shown => share.percent().unwrap_or_default(),
            _ => String::new(),
        },
        words: if named.is_empty() { "no case".to_owned() } else { named.join(", ") },
    }
}

/// How many cases of a level failed.
pub(super) fn failed(run: &Run, suite: &str, level: Level) -> usize {
    let share = run.totals.suite(suite).map_or(Share::default(), |suite| match level {
        Level::Must => suite.must,
        _ => suite.should,
    });
    share.of - share.held
}
