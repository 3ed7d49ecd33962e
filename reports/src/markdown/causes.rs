//! The causes of each implementation's failures, as lists.

use std::fmt::Write;

use super::escape::{linked, text};
use super::section::Column;
use crate::diagnosis::diagnose;
use crate::limits;
use crate::origin::{Origin, origin};
use crate::results::{Cause, Diagnosis, NamedMistake};
use crate::terminal::causes_heading;

/// The causes of all runs that have failures.
pub(super) fn causes(columns: &[Column<'_>]) -> String {
    let mut named: Vec<(String, Diagnosis)> = columns
        .iter()
        .map(|column| (column.name(), diagnose(column.run)))
        .filter(|(_, diagnosis)| diagnosis.failing > 0)
        .collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut page = String::new();
    if named.iter().all(|(_, diagnosis)| diagnosis.causes.is_empty()) {
        return page;
    }
    page.push_str(
        "\n## Causes\n\nKnown mistakes that fail the same cases. An unknown mistake may look the same, so a cause \
         is where to look first, not a proof.\n",
    );
    for (name, diagnosis) in named {
        let _ = writeln!(page, "\n### {name}\n\n{}.\n", causes_heading(&diagnosis));
        for cause in &diagnosis.causes {
            let _ = writeln!(page, "- {}", item(cause));
        }
        if !diagnosis.unexplained.is_empty() && !diagnosis.causes.is_empty() {
            let _ = writeln!(page, "- Not explained: {}", ids(&diagnosis.unexplained));
        }
    }
    page
}

/// How many ids a list has.
const IDS: usize = 40;

fn ids(cases: &[String]) -> String {
    let shown: Vec<String> = cases.iter().take(IDS).map(|case| text(case, limits::ID)).collect();
    match cases.len().saturating_sub(IDS) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A cause in one line: its mistakes, and how many cases it explains.
pub(crate) fn item(cause: &Cause) -> String {
    let mistakes: Vec<String> = cause.mistakes.iter().map(mistake).collect();
    let cases = match cause.cases.len() {
        1 => text(&cause.best, limits::ID),
        cases => format!("{cases} cases, such as {}", text(&cause.best, limits::ID)),
    };
    format!("{}: {cases}", mistakes.join(" **or** "))
}

/// `A CR ends no line ([owner/name#1](..))`: whatever it links to, this mistake was seen there before.
fn mistake(mistake: &NamedMistake) -> String {
    let description = text(mistake.description.trim_end_matches('.'), limits::SENTENCE);
    match origin(&mistake.origin) {
        Origin::Issue { name, link } | Origin::Advisory { name, link } => {
            format!("{description} (as in {})", linked(&text(name, limits::NAME), &link))
        }
        Origin::Requirement(id) => format!("{description} (breaks {})", text(id, limits::ID)),
    }
}
