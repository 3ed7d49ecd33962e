//! A diff as text for a terminal.

use std::fmt::Write;

use super::{Change, ChangeKind, Diff};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    terminal::{self, Paint, Style},
    visible,
};

impl Diff<'_> {
    /// The diff as text for a terminal: what is broken first, the numbers last.
    pub fn text(&self, style: Style) -> String {
        let paint = Paint::new(style.color);
        let mut text = String::new();
        // Writing to a String cannot fail, here and below.
        for (word, run) in [("before", self.before), ("after", self.after)] {
            let _ = writeln!(text, "{word:<6}  {}", paint.strong(terminal::identity(run.header())));
        }
        for caution in self.cautions() {
            let _ = writeln!(text, "{}", paint.notice(caution));
        }
        for kind in ChangeKind::ALL {
            let changes: Vec<&Change<'_>> = self.of(kind).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{}", paint.strong(self.heading(kind)));
            for change in changes {
                text.push_str(&lines(change, paint));
            }
        }
        let _ = writeln!(text, "\n{}", self.numbers());
        text
    }
}

fn lines(change: &Change<'_>, paint: Paint) -> String {
    let outcome =
        change.after.as_ref().or(change.before.as_ref()).map_or(Outcome::Skip, CaseOutcome::outcome);
    let level = change.after.as_ref().or(change.before.as_ref()).map(CaseOutcome::level);
    let mut lines = format!(
        "  {} {}   {}{}\n",
        paint.outcome(outcome, outcome.glyph()),
        visible::line(change.case, limits::ID),
        level.map(|level| format!("{level}: ")).unwrap_or_default(),
        story(change),
    );
    for detail in details(change) {
        let _ = writeln!(lines, "      {}", paint.quiet(detail));
    }
    lines
}

/// `pass → fail in bytes`.
pub(super) fn story(change: &Change<'_>) -> String {
    let state = |case: &CaseOutcome<'_>| match case.only_in() {
        Some(only) => format!("{} in {only}", case.outcome().as_str()),
        None => case.outcome().as_str().to_owned(),
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{} → {}", state(before), state(after)),
        (Some(one), None) | (None, Some(one)) => state(one),
        (None, None) => String::new(),
    }
}

/// The reason for the outcome, and the facts that differ. All sanitized.
pub(crate) fn details(change: &Change<'_>) -> Vec<String> {
    let sentence = |text: &str| visible::line(text, limits::SENTENCE);
    let mut details = Vec::new();
    if let Some(after) = &change.after {
        let worst = after.worst();
        match (after.outcome(), &worst.failure, &worst.reason) {
            (Outcome::Known, ..) => {
                let reason = after.known().map_or("no reason given", |known| &known.reason);
                details.push(format!("known: {}", sentence(reason)));
            }
            (Outcome::Fail | Outcome::Warn, Some(failure), _) => {
                details.push(format!("expected {}", sentence(&failure.expected)));
                details.push(format!("observed {}", sentence(&failure.observed)));
            }
            (Outcome::Pass, ..) => {}
            (_, _, Some(reason)) => details.push(sentence(reason)),
            _ => {}
        }
    }
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        let (before, after) = (before.facts(), after.facts());
        let is_in = |facts: &[crate::fold::FoldedFact<'_>], fact: &crate::fold::FoldedFact<'_>| {
            facts.iter().any(|other| other.fact == fact.fact && other.value == fact.value)
        };
        for (word, fact) in before
            .iter()
            .filter(|fact| !is_in(&after, fact))
            .map(|fact| ("before", fact))
            .chain(after.iter().filter(|fact| !is_in(&before, fact)).map(|fact| ("after", fact)))
        {
            details.push(format!("{word}: {}: {}", sentence(fact.fact), sentence(fact.value)));
        }
    }
    details
}
