//! Progress lines during a run.

use super::{Style, paint::Paint};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::Counts,
    visible,
};

/// The progress of a run.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The outcomes of the finished cases.
    pub counts: Counts,
    /// How many cases were selected.
    pub planned: usize,
    /// A case that is running.
    pub running: Option<&'a str>,
}

/// One line that a terminal redraws:
/// `143 of 271  ✔ 140  ✘ 1  – 2  client/lines/crlf`.
pub fn progress_line(progress: &Progress<'_>, style: Style) -> String {
    let paint = Paint::new(style.color);
    let planned = progress.planned.to_string();
    let mut parts = vec![format!("{:>1$} of {planned}", progress.counts.total(), planned.len())];
    for outcome in SHOWN {
        let count = progress.counts.get(outcome);
        if count > 0 {
            parts.push(paint.outcome(outcome, format!("{} {count}", outcome.glyph())));
        }
    }
    parts.extend(progress.running.map(|case| paint.quiet(visible::line(case, RUNNING))));
    parts.join("  ")
}

/// The outcomes in the order in which every summary names them.
pub(crate) const SHOWN: [Outcome; 7] = [
    Outcome::Pass,
    Outcome::Fail,
    Outcome::Known,
    Outcome::Warn,
    Outcome::Error,
    Outcome::Info,
    Outcome::Skip,
];

/// A progress line must fit the terminal, or redrawing leaves part of it behind.
const RUNNING: usize = 48;

/// One line for a finished case, for output that cannot be redrawn:
/// `✘ client/lines/crlf  only in bytes`.
pub fn case_line(case: &CaseOutcome<'_>, style: Style) -> String {
    let paint = Paint::new(style.color);
    let outcome = case.outcome();
    let mut line =
        format!("{} {}", paint.outcome(outcome, outcome.glyph()), visible::line(case.case(), limits::ID));
    let note = match (outcome, case.known(), &case.worst().reason) {
        (Outcome::Known, Some(known), _) => Some(known.reason.as_str()),
        (Outcome::Skip | Outcome::Error, _, Some(reason)) => Some(reason.as_str()),
        _ => None,
    };
    if let Some(only) = case.only_in() {
        line.push_str(&format!("  only in {only}"));
    }
    if let Some(note) = note {
        line.push_str(&format!("  {}", paint.quiet(visible::line(note, limits::SENTENCE))));
    }
    line
}
