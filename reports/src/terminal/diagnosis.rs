//! The causes of a run's failures, each with the evidence of a case.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::brief::sides;
use super::detail::Detail;
use super::failure::with_evidence;
use super::lists::lists;
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
    (style, detail): (Style, Detail),
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
        let more = match detail {
            Detail::Full => "",
            Detail::Short => " --verbose shows more.",
        };
        let note = format!(
            "  A cause is a known mistake that fails these cases; an unknown one may look the same.{more}"
        );
        let _ = writeln!(text, "{}", paint.quiet(note));
    }
    let outcomes: BTreeMap<&str, &CaseOutcome<'_>> = cases.iter().map(|case| (case.case(), case)).collect();
    let first = shown_in_full(diagnosis, cases, detail).map(CaseOutcome::case).collect::<BTreeSet<_>>();
    for (number, cause) in diagnosis.causes.iter().enumerate() {
        if detail == Detail::Full || number <= 1 {
            let _ = writeln!(text);
        }
        if detail == Detail::Short && number >= WITH_EVIDENCE {
            text.push_str(&named(number + 1, cause, &outcomes, paint));
            continue;
        }
        let best = outcomes.get(cause.best.as_str()).filter(|case| is_new(case.outcome()));
        let shown = best.filter(|case| first.contains(case.case()));
        let extent = detail.extent();
        text.push_str(&one(number + 1, cause, &outcomes, (paint, detail)));
        match (shown, best) {
            (Some(case), _) => {
                text.push_str(&with_evidence(requirements, case, style, extent));
            }
            (None, Some(case)) => text.push_str(&evidence(number + 1, case, paint)),
            (None, None) => {}
        }
    }
    text
}

/// The cases that [`causes`] shows in full: that of each cause, or that of the first.
pub(super) fn shown_in_full<'c, 'a>(
    diagnosis: &Diagnosis,
    cases: &'c [CaseOutcome<'a>],
    detail: Detail,
) -> impl Iterator<Item = &'c CaseOutcome<'a>> {
    let most = match detail {
        Detail::Full => diagnosis.causes.len(),
        Detail::Short => 1,
    };
    let best = diagnosis
        .causes
        .iter()
        .filter_map(|cause| cases.iter().find(|case| is_new(case.outcome()) && case.case() == cause.best));
    best.take(most).collect::<Vec<_>>().into_iter()
}

/// What a case expected and observed, on a line.
fn evidence(number: usize, case: &CaseOutcome<'_>, paint: Paint) -> String {
    let indent = " ".repeat(number.to_string().len() + 2);
    let id = visible::line(case.case(), limits::ID);
    let Some(failure) = &case.worst().failure else { return format!("{indent}look at {id}\n") };
    format!("{indent}{id}: {}\n", sides(failure, paint))
}

/// How many causes of a run with many have a case with what it expected and observed.
const WITH_EVIDENCE: usize = 3;

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

/// A cause on a line, with the case to look at.
fn named(number: usize, cause: &Cause, outcomes: &BTreeMap<&str, &CaseOutcome<'_>>, paint: Paint) -> String {
    let mut text = String::new();
    let indent = " ".repeat(number.to_string().len() + 2);
    for (at, mistake) in cause.mistakes.iter().enumerate() {
        let description = paint.strong(visible::line(&mistake.description, limits::SENTENCE));
        if at == 0 {
            let best = visible::line(&cause.best, limits::ID);
            let _ = writeln!(text, "{number}. {description} {}, see {best}", count(cause, outcomes));
        } else {
            let _ = writeln!(text, "{indent}or: {description}");
        }
    }
    text
}

fn one(
    number: usize,
    cause: &Cause,
    outcomes: &BTreeMap<&str, &CaseOutcome<'_>>,
    (paint, detail): (Paint, Detail),
) -> String {
    let mut text = String::new();
    let indent = " ".repeat(number.to_string().len() + 2);
    let mut origins = String::new();
    for (at, mistake) in cause.mistakes.iter().enumerate() {
        let lead = if at == 0 { format!("{number}. ") } else { format!("{indent}or: ") };
        let description = visible::line(&mistake.description, limits::SENTENCE);
        let _ = writeln!(text, "{lead}{}", paint.strong(description));
        origins = origin(&mistake.origin).words();
        if detail == Detail::Full || at + 1 < cause.mistakes.len() {
            let _ = writeln!(text, "{indent}{}", paint.quiet(&origins));
        }
    }
    let count = count(cause, outcomes);
    match detail {
        Detail::Full => {
            let _ = writeln!(text, "{indent}{count}");
            for line in lists(&cause.cases) {
                let _ = writeln!(text, "{indent}  {}", paint.quiet(line));
            }
        }
        Detail::Short => {
            // A single case is named beside its evidence.
            let count = match cause.cases.len() {
                1 => count,
                _ => format!("{count}: {}", groups(&cause.cases)),
            };
            let fits = origins.len() + count.len() + 2 <= JOINED;
            let separator = if fits { "; ".to_owned() } else { format!("\n{indent}") };
            let _ = writeln!(text, "{indent}{}{separator}{count}", paint.quiet(origins));
        }
    }
    text
}

/// How many cases a cause has.
fn count(cause: &Cause, outcomes: &BTreeMap<&str, &CaseOutcome<'_>>) -> String {
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
    format!("{count}{known}{unjudged}")
}

/// How many cases each group has: `client/lines 3, client/ids 1`.
fn groups(cases: &[String]) -> String {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        *groups.entry(case.rsplit_once('/').map_or("", |(group, _)| group)).or_default() += 1;
    }
    let mut groups: Vec<(&str, usize)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, count)| Reverse(*count));
    let shown = groups
        .iter()
        .take(GROUPS)
        .map(|(group, count)| format!("{} {count}", visible::line(group, limits::ID)));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if groups.len() > GROUPS {
        text.push_str(", …");
    }
    text
}

/// The width of a line with the origin of a cause and its cases.
const JOINED: usize = 130;

/// How many groups a line has.
const GROUPS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_their_largest_first() {
        let cases = ["client/a/x", "client/b/y", "client/b/z"].map(str::to_owned);
        assert_eq!(groups(&cases), "client/b 2, client/a 1");
        let many: Vec<String> = (0..9).map(|n| format!("client/{n}/x")).collect();
        assert_eq!(groups(&many), "client/0 1, client/1 1, client/2 1, …");
    }
}
