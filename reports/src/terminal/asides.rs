//! What was noted beside the verdicts of cases that have no block of their own.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{detail::Detail, paint::Paint};
use crate::{fold::CaseOutcome, limits, results::Verdict, visible};

/// Notes about quiet cases, such as a client that could not be closed, each with some sessions that it is about.
pub(super) fn notes<'a>(
    quiet: impl Iterator<Item = &'a CaseOutcome<'a>>,
    detail: Detail,
    paint: Paint,
) -> String {
    let mut notes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for result in quiet.flat_map(CaseOutcome::results) {
        if let (Some(reason), true) = (&result.reason, result.verdict != Verdict::Skip) {
            let place = format!("{}, {}", visible::line(&result.case, limits::ID), result.delivery);
            notes.entry(reason).or_default().push(place);
        }
    }
    let mut text = String::new();
    if notes.is_empty() {
        return text;
    }
    let _ = writeln!(text, "\n{}", paint.strong("Notes"));
    for (note, places) in notes {
        let _ = writeln!(text, "  {}", visible::line(note, limits::SENTENCE));
        let shown = places.iter().take(most(detail));
        shown.for_each(|place| text.push_str(&format!("    {place}\n")));
        let more = places.len().saturating_sub(most(detail));
        if more > 0 {
            let _ = writeln!(text, "    … and {more} more");
        }
    }
    text
}

/// What quiet cases showed after the end of their sessions: some of each kind.
pub(super) fn late<'a>(
    quiet: impl Iterator<Item = &'a CaseOutcome<'a>>,
    detail: Detail,
    paint: Paint,
) -> String {
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for result in quiet.flat_map(CaseOutcome::results) {
        for late in &result.late {
            let kind = late.split_once(": ").map_or(late.as_str(), |(kind, _)| kind);
            let id = visible::line(&result.case, limits::ID);
            let line = format!("{id}, {}: {}", result.delivery, visible::line(late, limits::SENTENCE));
            kinds.entry(kind).or_default().push(line);
        }
    }
    let mut text = String::new();
    if kinds.is_empty() {
        return text;
    }
    let _ = writeln!(text, "\n{}", paint.strong("Observed after the end of the session"));
    for (kind, lines) in kinds {
        let shown = lines.iter().take(most(detail));
        shown.for_each(|line| text.push_str(&format!("  {line}\n")));
        let more = lines.len().saturating_sub(most(detail));
        if more > 0 {
            let _ = writeln!(text, "  … and {more} more: {}", visible::line(kind, limits::SENTENCE));
        }
    }
    text
}

/// How many sessions a note names.
fn most(detail: Detail) -> usize {
    match detail {
        Detail::Full => limits::PLACES,
        Detail::Short => 1,
    }
}
