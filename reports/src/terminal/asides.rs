//! What was noted in addition to the verdicts of cases that have no block of their own.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{detail::Detail, paint::Paint};
use crate::{fold::CaseOutcome, limits, results::Verdict, visible};

/// Notes about quiet cases, such as a client that could not be closed, and what they showed after the end of their sessions.
pub(super) fn asides(cases: &[&CaseOutcome<'_>], detail: Detail, paint: Paint) -> String {
    match detail {
        Detail::Full => listed("Notes", notes(cases), paint) + &listed(LATE, late(cases), paint),
        Detail::Short => {
            let all = notes(cases).into_iter().chain(late(cases));
            all.map(|(kind, of_kind)| on_a_line(&kind, &of_kind)).collect()
        }
    }
}

const LATE: &str = "Observed after the end of the session";

/// The sessions of each kind, with what was seen in each.
type Kinds = BTreeMap<String, Vec<String>>;

/// The sessions that each note is about.
fn notes(cases: &[&CaseOutcome<'_>]) -> Kinds {
    let mut notes = Kinds::new();
    for result in cases.iter().flat_map(|case| case.results()) {
        if let (Some(reason), true) = (&result.reason, result.verdict != Verdict::Skip) {
            let place = format!("{}, {}", visible::line(&result.case, limits::ID), result.delivery);
            notes.entry(visible::line(reason, limits::SENTENCE)).or_default().push(place);
        }
    }
    notes
}

/// What came late, by its kind, each with its session.
fn late(cases: &[&CaseOutcome<'_>]) -> Kinds {
    let mut kinds = Kinds::new();
    for result in cases.iter().flat_map(|case| case.results()) {
        for late in &result.late {
            let kind = late.split_once(": ").map_or(late.as_str(), |(kind, _)| kind);
            let id = visible::line(&result.case, limits::ID);
            let line = format!("{id}, {}: {}", result.delivery, visible::line(late, limits::SENTENCE));
            kinds.entry(visible::line(kind, limits::SENTENCE)).or_default().push(line);
        }
    }
    kinds
}

/// Some of each kind, under a heading. A kind that its members do not name comes before them.
fn listed(heading: &str, kinds: Kinds, paint: Paint) -> String {
    let mut text = String::new();
    if kinds.is_empty() {
        return text;
    }
    let _ = writeln!(text, "\n{}", paint.strong(heading));
    for (kind, members) in kinds {
        let is_named = members.iter().any(|member| member.contains(&kind));
        if !is_named {
            let _ = writeln!(text, "  {kind}");
        }
        let indent = if is_named { "  " } else { "    " };
        for member in members.iter().take(limits::PLACES) {
            let _ = writeln!(text, "{indent}{member}");
        }
        match members.len().saturating_sub(limits::PLACES) {
            0 => {}
            more if is_named => text.push_str(&format!("{indent}… and {more} more: {kind}\n")),
            more => text.push_str(&format!("{indent}… and {more} more\n")),
        }
    }
    text
}

/// A kind with the first of its members.
fn on_a_line(kind: &str, members: &[String]) -> String {
    let first = members.first().map(String::as_str).unwrap_or_default();
    let place = first.split_once(": ").map_or(first, |(place, _)| place);
    match members.len() {
        1 => format!("  {kind}: {place}\n"),
        all => format!("  {kind}: {all} times, first in {place}\n"),
    }
}
