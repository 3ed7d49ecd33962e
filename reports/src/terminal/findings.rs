//! The findings of a run outside of its causes: at most one with evidence for each requirement, the others as a line each.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::detail::Detail;
use super::failure::{brief, failure};
use super::paint::{Failures, Paint, Style};
use super::progress::case_line;
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::results::Requirement;
use crate::visible;

/// What was shown in full so far.
pub(super) struct Findings<'a> {
    requirements: &'a [Requirement],
    style: Style,
    detail: Detail,
    /// Ids of requirements; for errors, reasons.
    shown: BTreeSet<(Outcome, &'a str)>,
    /// Whether a failure was shown in full.
    is_one_in_full: bool,
    folded: usize,
}

impl<'a> Findings<'a> {
    /// Nothing was shown yet, except these cases.
    pub(super) fn new(
        requirements: &'a [Requirement],
        (style, detail): (Style, Detail),
        shown: impl IntoIterator<Item = &'a CaseOutcome<'a>>,
    ) -> Self {
        let shown: BTreeSet<(Outcome, &str)> = shown.into_iter().flat_map(keys).collect();
        Self { requirements, style, detail, is_one_in_full: !shown.is_empty(), shown, folded: 0 }
    }

    /// A finding: with evidence if nothing of the same requirement had it.
    pub(super) fn one(&mut self, case: &'a CaseOutcome<'a>) -> String {
        let keys = keys(case);
        let is_new = !keys.iter().any(|key| self.shown.contains(key));
        self.shown.extend(keys);
        if is_new || self.style.failures == Failures::All {
            self.folded = 0;
            let is_error = case.outcome() == Outcome::Error;
            if self.detail == Detail::Short && self.is_one_in_full && !is_error {
                return format!("\n{}", brief(self.requirements, case, self.style));
            }
            self.is_one_in_full |= !is_error;
            return format!("\n{}", failure(self.requirements, case, self.style));
        }
        let mut text = String::new();
        if self.folded == 0 {
            let note = "the same requirement as above, or the same error; --verbose shows each in full";
            let _ = writeln!(text, "\n{}", Paint::new(self.style.color).quiet(note));
        }
        self.folded += 1;
        let title = visible::line(&case.worst().title, limits::SENTENCE);
        let _ = writeln!(text, "{}  {title}", case_line(case, self.style));
        text
    }
}

/// What makes findings alike.
fn keys<'a>(case: &CaseOutcome<'a>) -> Vec<(Outcome, &'a str)> {
    let worst = case.worst();
    match case.outcome() {
        Outcome::Error => vec![(Outcome::Error, worst.reason.as_deref().unwrap_or_default())],
        _ => worst.requirements.iter().map(|id| (Outcome::Fail, id.as_str())).collect(),
    }
}
