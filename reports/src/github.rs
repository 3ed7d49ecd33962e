//! Annotations of GitHub Actions: workflow commands that mark lines of files.

use std::fmt::Write;

use crate::fold::{CaseOutcome, Outcome, fold};
use crate::issue::distinct;
use crate::results::{KnownFailure, Results};
use crate::terminal;
use crate::{limits, visible};

/// How serious an annotation is.
#[derive(Clone, Copy)]
enum Severity {
    Error,
    Warning,
}

impl Severity {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What an annotation marks.
struct Target<'a> {
    path: &'a str,
    line: usize,
}

/// The annotations of a run, each a workflow command on a line of its own.
///
/// New failures are marked at the line of the step that failed, one for each distinct failure, since GitHub shows no more
/// than ten of each kind. Errors, and entries of the baseline that are wrong, are marked too.
pub fn annotations(results: &Results) -> String {
    let mut text = String::new();
    let cases = fold(results.results());
    let is_new = |case: &CaseOutcome<'_>| matches!(case.outcome(), Outcome::Fail | Outcome::Warn);
    for failure in distinct(results) {
        let new: Vec<&CaseOutcome<'_>> = cases
            .iter()
            .filter(|case| failure.cases.iter().any(|id| id == case.case()) && is_new(case))
            .collect();
        let shown = if is_new(&failure.case) { Some(&failure.case) } else { new.first().copied() };
        if let Some(case) = shown {
            finding(&mut text, results, case, &new);
        }
    }
    for case in cases.iter().filter(|case| case.outcome() == Outcome::Error) {
        finding(&mut text, results, case, &[]);
    }
    if let Some(footer) = results.footer() {
        for entry in &footer.stale {
            baseline(&mut text, entry, "Stale known failure", "passes now; remove the entry");
        }
        for entry in &footer.unmatched {
            baseline(
                &mut text,
                entry,
                "Known failure without a case",
                "matches no case; correct or remove the entry",
            );
        }
    }
    if !results.is_complete() {
        let name = terminal::identity(results.header());
        command(&mut text, Severity::Error, None, "Incomplete run", &format!("{name}: cases are missing"));
    }
    text
}

fn finding(text: &mut String, results: &Results, case: &CaseOutcome<'_>, all: &[&CaseOutcome<'_>]) {
    let worst = case.worst();
    let severity = if case.outcome() == Outcome::Warn { Severity::Warning } else { Severity::Error };
    let target = Target {
        path: &worst.source.path,
        line: worst.failure.as_ref().map_or(1, |failure| failure.line.max(1)),
    };
    let mut lines = vec![terminal::identity(results.header())];
    if let Some(failure) = &worst.failure {
        lines.push(format!("expected {}", visible::line(&failure.expected, limits::PARAGRAPH)));
        lines.push(format!("observed {}", visible::line(&failure.observed, limits::PARAGRAPH)));
    }
    lines.extend(worst.reason.as_deref().map(|reason| visible::line(reason, limits::PARAGRAPH)));
    for requirement in worst.requirements.iter().filter_map(|id| results.requirement(id)) {
        let shown = visible::line(&requirement.text, limits::PARAGRAPH);
        lines.push(format!("{}: {shown}", requirement.level.as_str().to_uppercase()));
        lines.push(visible::line(&requirement.link, limits::LINK));
    }
    let others: Vec<String> = all
        .iter()
        .filter(|other| other.case() != case.case())
        .map(|other| visible::line(other.case(), limits::ID))
        .collect();
    if !others.is_empty() {
        let more = others.len().saturating_sub(OTHERS);
        let shown = others.iter().take(OTHERS).cloned().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("also: {shown}{more}"));
    }
    lines.push(format!("rerun: {}", visible::line(&worst.rerun, limits::COMMAND)));
    let title = format!(
        "{}: {}",
        visible::line(case.case(), limits::ID),
        visible::line(&worst.title, limits::SENTENCE)
    );
    command(text, severity, Some(target), &title, &lines.join("\n"));
}

/// How many other cases of the same failure are named.
const OTHERS: usize = 10;

fn baseline(text: &mut String, entry: &KnownFailure, title: &str, what: &str) {
    let target = entry.place.as_ref().map(|place| Target { path: &place.path, line: place.line });
    let case = visible::line(&entry.case, limits::ID);
    let reason = visible::line(&entry.reason, limits::SENTENCE);
    command(text, Severity::Error, target, title, &format!("{case} ({reason}) {what}"));
}

fn command(text: &mut String, severity: Severity, target: Option<Target<'_>>, title: &str, message: &str) {
    let place = match target {
        Some(target) => {
            format!("file={},line={},", property(&visible::line(target.path, limits::LINK)), target.line)
        }
        None => String::new(),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "::{} {place}title={}::{}", severity.command(), property(title), data(message));
}

/// Text as the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_command() {
        let mut text = String::new();
        let target = Target { path: "a,b::c%", line: 3 };
        command(&mut text, Severity::Error, Some(target), "t: u", "100 %\n::error::x\r");
        assert_eq!(text, "::error file=a%2Cb%3A%3Ac%25,line=3,title=t%3A u::100 %25%0A::error::x%0D\n");
        assert_eq!(text.lines().count(), 1);
    }
}
