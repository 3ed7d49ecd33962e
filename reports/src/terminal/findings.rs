//! The findings of a run outside of its causes: at most one with evidence for each requirement, the others as a line each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::brief::brief;
use super::detail::Detail;
use super::failure::with_evidence;
use super::lists::lists;
use super::paint::{Failures, Paint, Style};
use super::progress::case_line;
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::results::Requirement;
use crate::visible;

/// What was shown so far.
pub(super) struct Findings<'a> {
    requirements: &'a [Requirement],
    style: Style,
    detail: Detail,
    /// Ids of requirements; for errors, reasons.
    shown: BTreeSet<(Outcome, &'a str)>,
    /// Whether a case was shown in full.
    is_one_in_full: bool,
    /// How many findings of each outcome were shown with what was expected and observed.
    brief: BTreeMap<Outcome, usize>,
    /// How the last finding was shown.
    last: Form,
    /// The cases of a run with many findings that are only listed.
    listed: Vec<String>,
}

/// How a finding is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With all evidence.
    Full,
    /// With what was expected and observed.
    Brief,
    /// As a line.
    Line,
}

impl<'a> Findings<'a> {
    /// Nothing was shown yet, except these cases.
    pub(super) fn new(
        requirements: &'a [Requirement],
        (style, detail): (Style, Detail),
        shown: impl IntoIterator<Item = &'a CaseOutcome<'a>>,
    ) -> Self {
        let shown: BTreeSet<(Outcome, &str)> = shown.into_iter().flat_map(keys).collect();
        let is_one_in_full = !shown.is_empty();
        // A heading comes before the first if there are causes.
        let last = if is_one_in_full { Form::Brief } else { Form::Full };
        Self {
            requirements,
            style,
            detail,
            is_one_in_full,
            shown,
            brief: BTreeMap::new(),
            last,
            listed: Vec::new(),
        }
    }

    /// A finding: with evidence if nothing of the same requirement had it.
    pub(super) fn one(&mut self, case: &'a CaseOutcome<'a>) -> String {
        let form = self.form(case);
        let last = std::mem::replace(&mut self.last, form);
        match form {
            Form::Full => {
                self.is_one_in_full = true;
                format!("\n{}", with_evidence(self.requirements, case, self.style, self.detail.extent()))
            }
            Form::Brief => {
                let before = if last == Form::Brief { "" } else { "\n" };
                format!("{before}{}", brief(case, self.style))
            }
            Form::Line if self.detail == Detail::Short => {
                self.last = last;
                self.listed.push(case.case().to_owned());
                String::new()
            }
            Form::Line => {
                let mut text = String::new();
                if last != Form::Line {
                    let note =
                        "the same requirement as above, or the same error; --verbose shows each in full";
                    let _ = writeln!(text, "\n{}", Paint::new(self.style.color).quiet(note));
                }
                let title = visible::line(&case.worst().title, limits::SENTENCE);
                let _ = writeln!(text, "{}  {title}", case_line(case, self.style));
                text
            }
        }
    }

    /// The cases with this outcome that are only listed, by their groups.
    pub(super) fn rest(&mut self, outcome: Outcome) -> String {
        let listed = std::mem::take(&mut self.listed);
        if listed.is_empty() {
            return String::new();
        }
        let paint = Paint::new(self.style.color);
        let sign = paint.outcome(outcome, format!("{} {}", outcome.glyph(), outcome.as_str().to_uppercase()));
        let note = paint.quiet("--verbose shows each in full");
        let mut text = format!("{sign} {} more; {note}\n", listed.len());
        lists(&listed).iter().for_each(|line| text.push_str(&format!("  {}\n", paint.quiet(line))));
        self.last = Form::Full;
        text
    }

    fn form(&mut self, case: &'a CaseOutcome<'a>) -> Form {
        let keys = keys(case);
        let is_new = !keys.iter().any(|key| self.shown.contains(key));
        self.shown.extend(keys);
        if !is_new && self.style.failures != Failures::All {
            return Form::Line;
        }
        if self.detail == Detail::Full || !self.is_one_in_full {
            return Form::Full;
        }
        let shown = self.brief.entry(case.outcome()).or_default();
        if *shown == brief_ones(case.outcome()) {
            return Form::Line;
        }
        *shown += 1;
        Form::Brief
    }
}

/// How many findings of an outcome a run with many shows with what was expected and observed.
fn brief_ones(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Fail => 4,
        _ => 2,
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
