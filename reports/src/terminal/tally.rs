//! The table at the top: one line for every group of cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{detail::Detail, paint::Paint, progress::SHOWN};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::Counts,
    totals::suite_rank,
    visible,
};

/// The tallies of every group, suite by suite. In short, the groups in which nothing ran share a line.
pub(super) fn tallies(cases: &[CaseOutcome<'_>], paint: Paint, detail: Detail) -> String {
    let mut groups: BTreeMap<(usize, &str, &str), Group<'_>> = BTreeMap::new();
    for case in cases {
        groups.entry((suite_rank(case.suite()), case.suite(), case.group())).or_default().add(case);
    }
    let skipped = match detail {
        Detail::Full => BTreeMap::new(),
        Detail::Short => take_skipped(&mut groups),
    };
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
            let _ = write!(text, "{}", paint.strong(visible::line(of, limits::ID)));
            if let Some((count, together)) = skipped.get(of) {
                let line = format!("{count} groups of which no case ran: {}", together.skipped());
                let _ = write!(text, "  {}", paint.outcome(Outcome::Skip, line));
            }
            text.push('\n');
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

/// Removes the groups in which no case ran, and returns for each suite how many those were, and their cases together. A suite
/// keeps them if it has no other groups, or only one such.
fn take_skipped<'a>(
    groups: &mut BTreeMap<(usize, &'a str, &'a str), Group<'a>>,
) -> BTreeMap<&'a str, (usize, Group<'a>)> {
    let mut skipped: BTreeMap<&str, (usize, Group<'_>)> = BTreeMap::new();
    for ((_, suite, _), group) in groups.iter().filter(|(_, group)| group.counts.ran() == 0) {
        let (count, together) = skipped.entry(suite).or_default();
        *count += 1;
        together.join(group);
    }
    let ran: BTreeSet<&str> =
        groups.iter().filter(|(_, group)| group.counts.ran() > 0).map(|((_, suite, _), _)| *suite).collect();
    skipped.retain(|suite, (count, _)| *count > 1 && ran.contains(suite));
    groups.retain(|(_, suite, _), group| group.counts.ran() > 0 || !skipped.contains_key(suite));
    skipped
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

    fn join(&mut self, other: &Self) {
        self.counts.skip += other.counts.skip;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason).or_default() += count;
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
