//! What was noted in addition to the verdicts of cases that have no block of their own.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{detail::Detail, paint::Paint};
use crate::{
    fold::CaseOutcome,
    limits,
    results::{CaseResult, Verdict},
    visible,
};

/// Notes about quiet cases, such as a client that could not be closed, and what they showed after the end of their sessions.
pub(super) fn asides(cases: &[&CaseOutcome<'_>], detail: Detail, paint: Paint) -> String {
    match detail {
        Detail::Full => listed("Notes", notes(cases), paint) + &listed(LATE, late(cases), paint),
        Detail::Short => {
            let all = notes(cases).into_iter().chain(late(cases));
            all.map(|(kind, sessions)| on_a_line(&kind, &sessions)).collect()
        }
    }
}

const LATE: &str = "Observed after the end of the session";

/// What was noted or observed, with the sessions in which it was, and what else is known of each.
type Kinds = BTreeMap<String, Vec<String>>;

/// The sessions that each note is about.
fn notes(cases: &[&CaseOutcome<'_>]) -> Kinds {
    let mut notes = Kinds::new();
    for result in cases.iter().flat_map(|case| case.results()) {
        if let (Some(reason), true) = (&result.reason, result.verdict != Verdict::Skip) {
            notes.entry(visible::line(reason, limits::SENTENCE)).or_default().push(session(result));
        }
    }
    notes
}

/// The sessions after which each kind of thing came.
fn late(cases: &[&CaseOutcome<'_>]) -> Kinds {
    let mut kinds = Kinds::new();
    for result in cases.iter().flat_map(|case| case.results()) {
        for late in &result.late {
            let (kind, what) = late.split_once(": ").unwrap_or((late, ""));
            let what = visible::line(what, limits::SENTENCE);
            let separator = if what.is_empty() { "" } else { ": " };
            let line = format!("{}{separator}{what}", session(result));
            kinds.entry(visible::line(kind, limits::SENTENCE)).or_default().push(line);
        }
    }
    kinds
}

/// The case and the delivery of a session.
fn session(result: &CaseResult) -> String {
    format!("{}, {}", visible::line(&result.case, limits::ID), result.delivery)
}

/// Each kind with some of its sessions, under a heading.
fn listed(heading: &str, kinds: Kinds, paint: Paint) -> String {
    let mut text = String::new();
    if kinds.is_empty() {
        return text;
    }
    let _ = writeln!(text, "\n{}", paint.strong(heading));
    for (kind, sessions) in kinds {
        let _ = writeln!(text, "  {kind}");
        for session in sessions.iter().take(limits::PLACES) {
            let _ = writeln!(text, "    {session}");
        }
        let more = sessions.len().saturating_sub(limits::PLACES);
        if more > 0 {
            let _ = writeln!(text, "    … and {more} more");
        }
    }
    text
}

/// A kind with the first of its sessions.
fn on_a_line(kind: &str, sessions: &[String]) -> String {
    let first = sessions.first().map(String::as_str).unwrap_or_default();
    let session = first.split_once(": ").map_or(first, |(session, _)| session);
    match sessions.len() {
        1 => format!("  {kind}: {session}\n"),
        all => format!("  {kind}: {all} times, first in {session}\n"),
    }
}
