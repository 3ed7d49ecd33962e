//! The table at the top: one line for every group of cases.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{paint::Paint, progress::SHOWN};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::Counts,
    totals::suite_rank,
    visible,
};

/// The tallies of every group, suite by suite.
pub(super) fn tallies(cases: &[CaseOutcome<'_>], paint: Paint) -> String {
    let mut groups: BTreeMap<(usize, &str, &str), Group<'_>> = BTreeMap::new();
    for case in cases {
        groups.entry((suite_rank(case.suite()), case.suite(), case.group())).or_default().add(case);
    }
    let name_width = groups
        .keys()
        .map(|(_, _, group)| visible::line(group, limits::ID).chars().count())
        .max()
        .unwrap_or_default();
    let columns: Vec<(Outcome, usize)> = SHOWN
        .into_iter()
        .filter(|outcome| *outcome != Outcome::Skip)
        .filter_map(|outcome| {
            let most = groups.values().map(|group| group.counts.get(outcome)).max()?;
            (most > 0).then(|| (outcome, most.to_string().len()))
        })
        .collect();
    let mut text = String::new();
    let mut suite = None;
    for ((_, of, name), group) in &groups {
        if suite != Some(*of) {
            suite = Some(*of);
            let _ = writeln!(text, "{}", paint.strong(visible::line(of, limits::ID)));
        }
        let mut line = format!("  {:<name_width$}", visible::line(name, limits::ID));
        for (outcome, width) in &columns {
            line.push_str("   ");
            line.push_str(&cell(*outcome, group.counts.get(*outcome), *width, paint));
        }
        if group.counts.skip > 0 {
            line.push_str("   ");
            line.push_str(&paint.outcome(Outcome::Skip, group.skipped()));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn cell(outcome: Outcome, count: usize, width: usize, paint: Paint) -> String {
    let word = match outcome {
        Outcome::Known => " known",
        Outcome::Error => " error",
        _ => "",
    };
    let text = format!("{} {count:>width$}{word}", outcome.glyph());
    match count {
        0 => " ".repeat(text.chars().count()),
        _ => paint.outcome(outcome, text),
    }
}

#[derive(Default)]
struct Group<'a> {
    counts: Counts,
    reasons: BTreeMap<&'a str, usize>,
}

impl<'a> Group<'a> {
    fn add(&mut self, case: &CaseOutcome<'a>) {
        self.counts.add(case.outcome());
        if case.outcome() == Outcome::Skip {
            let reason = case.worst().reason.as_deref().unwrap_or("no reason given");
            *self.reasons.entry(reason).or_default() += 1;
        }
    }

    /// `– 3 skipped (2 needs close; 1 needs reconnect)`.
    fn skipped(&self) -> String {
        let text = format!("{} {} skipped", Outcome::Skip.glyph(), self.counts.skip);
        let reasons: Vec<String> = match self.reasons.len() {
            1 => self.reasons.keys().map(|reason| visible::line(reason, REASON)).collect(),
            _ => self
                .reasons
                .iter()
                .map(|(reason, count)| format!("{count} {}", visible::line(reason, REASON)))
                .take(REASONS)
                .collect(),
        };
        let more = match self.reasons.len().saturating_sub(REASONS) {
            0 => String::new(),
            more => format!("; and {more} more reasons"),
        };
        format!("{text} ({}{more})", reasons.join("; "))
    }
}

/// How many characters of a reason a tally shows, and how many reasons.
const REASON: usize = 60;
const REASONS: usize = 6;
