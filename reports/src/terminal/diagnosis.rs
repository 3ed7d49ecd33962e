//! The causes of a run's failures, each with the evidence of one case.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::failure::failure;
use super::paint::{Paint, Style};
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::origin::origin;
use crate::results::{Cause, Diagnosis, Requirement};
use crate::visible;

/// The causes of a run's failures; empty if nothing failed.
pub(super) fn causes(
    diagnosis: &Diagnosis,
    requirements: &[Requirement],
    cases: &[CaseOutcome<'_>],
    style: Style,
) -> String {
    let paint = Paint::new(style.color);
    let mut text = String::new();
    if let Some(capability) = &diagnosis.lacking {
        let capability = visible::line(capability, limits::NAME);
        let _ = writeln!(
            text,
            "\n{}\n  no case that needs it passes, so perhaps the implementation does not have it",
            paint.strong(format!("Every failing case needs the capability {capability}")),
        );
        return text;
    }
    if diagnosis.failing == 0 {
        return text;
    }
    let _ = writeln!(text, "\n{}", paint.strong(heading(diagnosis)));
    if !diagnosis.causes.is_empty() {
        let note = "  A cause is a known mistake that fails these cases; an unknown one may look the same.";
        let _ = writeln!(text, "{}", paint.quiet(note));
    }
    let outcomes: BTreeMap<&str, &CaseOutcome<'_>> = cases.iter().map(|case| (case.case(), case)).collect();
    for (number, cause) in diagnosis.causes.iter().enumerate() {
        let _ = writeln!(text);
        text.push_str(&one(number + 1, cause, &outcomes, paint));
        let best = outcomes.get(cause.best.as_str());
        if let Some(case) = best.filter(|case| is_new(case.outcome())) {
            if number < IN_FULL {
                text.push_str(&failure(requirements, case, style));
            } else {
                let _ = writeln!(text, "   look at {}", visible::line(case.case(), limits::ID));
            }
        }
    }
    text
}

/// The cases that [`causes`] shows with their evidence.
pub(super) fn shown_in_full<'c, 'a>(
    diagnosis: &Diagnosis,
    cases: &'c [CaseOutcome<'a>],
) -> impl Iterator<Item = &'c CaseOutcome<'a>> {
    let best: BTreeSet<String> =
        diagnosis.causes.iter().take(IN_FULL).map(|cause| cause.best.clone()).collect();
    cases.iter().filter(move |case| is_new(case.outcome()) && best.contains(case.case()))
}

/// How many causes are shown with the evidence of a case; many would fill screen after screen.
const IN_FULL: usize = 3;

/// `6 causes explain 45 of 51 failing cases`.
pub(crate) fn heading(diagnosis: &Diagnosis) -> String {
    let (explained, failing) = (diagnosis.explained(), diagnosis.failing);
    let cases = if failing == 1 { "failing case" } else { "failing cases" };
    match diagnosis.causes.len() {
        0 if failing == 1 => "No known mistake explains the failing case".to_owned(),
        0 => format!("No known mistake explains the {failing} failing cases"),
        1 => format!("1 cause explains {explained} of {failing} {cases}"),
        causes => format!("{causes} causes explain {explained} of {failing} {cases}"),
    }
}

/// Whether an outcome is a failure that the baseline does not know.
fn is_new(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Fail | Outcome::Warn)
}

fn one(number: usize, cause: &Cause, outcomes: &BTreeMap<&str, &CaseOutcome<'_>>, paint: Paint) -> String {
    let mut text = String::new();
    let indent = " ".repeat(number.to_string().len() + 2);
    for (at, mistake) in cause.mistakes.iter().enumerate() {
        let lead = if at == 0 { format!("{number}. ") } else { format!("{indent}or: ") };
        let description = visible::line(&mistake.description, limits::SENTENCE);
        let _ = writeln!(text, "{lead}{}", paint.strong(description));
        let _ = writeln!(text, "{indent}{}", paint.quiet(origin(&mistake.origin).words()));
    }
    let known = cause.cases.iter().filter(|case| {
        outcomes.get(case.as_str()).is_some_and(|outcome| outcome.outcome() == Outcome::Known)
    });
    let known = match known.count() {
        0 => String::new(),
        all if all == cause.cases.len() => ", all known failures".to_owned(),
        some => format!(", {some} of them known failures"),
    };
    let unjudged = match cause.unjudged {
        0 => String::new(),
        1 => "; 1 case that it also fails was not judged".to_owned(),
        more => format!("; {more} cases that it also fails were not judged"),
    };
    let count = match cause.cases.len() {
        1 => "1 case".to_owned(),
        cases => format!("{cases} cases"),
    };
    let _ = writeln!(text, "{indent}{count}{known}{unjudged}");
    for line in lists(&cause.cases) {
        let _ = writeln!(text, "{indent}  {}", paint.quiet(line));
    }
    text
}

/// The width of a line that lists cases.
const WIDTH: usize = 110;

/// How many lines of cases a cause has.
const LINES: usize = 6;

/// Cases by group: `client/lines: cr, crlf, lf`.
fn lists(cases: &[String]) -> Vec<String> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in cases {
        let (group, name) = case.rsplit_once('/').unwrap_or(("", case));
        groups.entry(group).or_default().insert(name);
    }
    let (mut lines, mut left_out) = (Vec::new(), 0);
    for (group, names) in groups {
        let mut line = format!("{}:", visible::line(group, limits::ID));
        for (at, name) in names.iter().enumerate() {
            let name = visible::line(name, limits::ID);
            let comma = if at + 1 < names.len() { "," } else { "" };
            if line.len() + name.len() + 2 > WIDTH {
                lines.push(std::mem::replace(&mut line, "   ".to_owned()));
            }
            let _ = write!(line, " {name}{comma}");
            left_out += usize::from(lines.len() >= LINES);
        }
        lines.push(line);
    }
    lines.truncate(LINES);
    if left_out > 0 {
        lines.push(format!("… and {left_out} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_listed_by_group() {
        let cases = ["client/a/x", "client/b/y", "client/a/z"].map(str::to_owned);
        assert_eq!(lists(&cases), ["client/a: x, z", "client/b: y"]);
    }

    #[test]
    fn long_lists_are_cut() {
        let cases: Vec<String> = (0..300).map(|n| format!("client/a/a-long-name-{n:03}")).collect();
        let lines = lists(&cases);
        assert_eq!(lines.len(), LINES + 1);
        assert!(lines.iter().all(|line| line.len() <= WIDTH));
        let shown = lines.join(" ").matches("a-long-name").count();
        assert_eq!(lines[LINES], format!("… and {} more", 300 - shown));
    }
}
