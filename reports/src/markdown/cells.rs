//! One cell of the matrix, and the notes that explain it.

use std::fmt::Write;

use super::escape::{link, text};
use crate::{
    fold::{CaseOutcome, Outcome},
    limits,
    results::CaseResult,
};

/// The notes of one implementation: equal ones share a number.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<String>,
}

impl Notes {
    /// The superscript number of a note.
    fn number(&mut self, note: String) -> String {
        let at = self.notes.iter().position(|earlier| *earlier == note).unwrap_or_else(|| {
            self.notes.push(note);
            self.notes.len() - 1
        });
        format!(" <sup>{}</sup>", at + 1)
    }

    /// The list below the table.
    pub(super) fn write(&self, page: &mut String, implementation: &str) {
        if self.notes.is_empty() {
            return;
        }
        let _ = writeln!(page, "\nNotes on {implementation}:\n");
        for (at, note) in self.notes.iter().enumerate() {
            let _ = writeln!(page, "{}. {note}", at + 1);
        }
    }
}

/// What one implementation did in one case: its worst delivery, with how many held.
pub(super) fn cell(case: Option<&CaseOutcome<'_>>, notes: &mut Notes) -> String {
    let Some(case) = case else {
        return "·".to_owned();
    };
    let outcome = case.outcome();
    let held = format!("{}/{}", case.held(), case.ran());
    let reason = case.worst().reason.as_deref();
    match outcome {
        Outcome::Pass => format!("✔ {held}"),
        // A known failure is a failure: the baseline excuses a build, not an implementation.
        Outcome::Known => format!("✘ {held}{}", notes.number(known_failure(case))),
        Outcome::Fail => format!("✘ {held}{}", notes.number(finding(case))),
        Outcome::Warn => format!("~ {held}{}", notes.number(finding(case))),
        Outcome::Info => fact(case, notes),
        Outcome::Skip => {
            format!(
                "–{}",
                notes.number(format!("skipped: {}", text(reason.unwrap_or(UNKNOWN), limits::SENTENCE)))
            )
        }
        Outcome::Error => {
            format!(
                "!{}",
                notes.number(format!("error: {}", text(reason.unwrap_or(UNKNOWN), limits::SENTENCE)))
            )
        }
    }
}

const UNKNOWN: &str = "no reason given";

/// A fact, in the cell itself if it fits.
fn fact(case: &CaseOutcome<'_>, notes: &mut Notes) -> String {
    let facts = case.facts();
    match facts.as_slice() {
        [only] if only.value.chars().count() <= SHORT => format!("i {}", text(only.value, SHORT)),
        [] => match &case.worst().reason {
            Some(reason) => {
                format!("i{}", notes.number(format!("observed: {}", text(reason, limits::SENTENCE))))
            }
            None => "i".to_owned(),
        },
        several => {
            let list: Vec<String> = several
                .iter()
                .map(|fact| {
                    let only =
                        case.fact_only_in(fact).map(|only| format!(" (in {only})")).unwrap_or_default();
                    format!(
                        "{}: {}{only}",
                        text(fact.fact, limits::SENTENCE),
                        text(fact.value, limits::SENTENCE)
                    )
                })
                .collect();
            format!("i{}", notes.number(format!("observed: {}", list.join("; "))))
        }
    }
}

/// How many characters of a fact fit into a cell.
const SHORT: usize = 24;

fn known_failure(case: &CaseOutcome<'_>) -> String {
    let known = case.known();
    let reason = text(known.map_or(UNKNOWN, |known| &known.reason), limits::SENTENCE);
    let address = known.and_then(|known| known.link.as_deref());
    let only = case.only_in().map(|only| format!(" (in {only})")).unwrap_or_default();
    format!(
        "known: {reason}{only}{}",
        address.map(|address| format!(" {}", link(address))).unwrap_or_default()
    )
}

fn finding(case: &CaseOutcome<'_>) -> String {
    let what = observed(case.worst());
    match case.only_in() {
        Some(only) => format!("in {only}: {what}"),
        None => what,
    }
}

fn observed(result: &CaseResult) -> String {
    match (&result.failure, &result.reason) {
        (Some(failure), _) => format!(
            "expected {}, observed {}",
            text(&failure.expected, limits::SENTENCE),
            text(&failure.observed, limits::SENTENCE),
        ),
        (None, Some(reason)) => text(reason, limits::SENTENCE),
        (None, None) => text(&result.title, limits::SENTENCE),
    }
}
