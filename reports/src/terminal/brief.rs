//! A finding in three lines: what broke, what was expected and observed, and which sentence says so.

use std::fmt::Write;

use super::block::Block;
use super::failure::heading;
use super::paint::{Paint, Style};
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::results::{Failure, Requirement};
use crate::visible;

/// The lines of a failure, warning or error without what is on the wire. Another case of the run shows how to rerun one.
pub(super) fn brief(requirements: &[Requirement], case: &CaseOutcome<'_>, style: Style) -> String {
    let paint = Paint::new(style.color);
    let mut block = Block::new(paint);
    let worst = case.worst();
    let title = visible::line(&worst.title, limits::SENTENCE);
    let _ = writeln!(block.text, "{}  {title}", heading(case, paint));
    if case.outcome() == Outcome::Error {
        if let Some(reason) = &worst.reason {
            block.field("reason", &visible::lines(reason, limits::PARAGRAPH, ERROR_LINES));
        }
        if let Some(hint) = worst.failure.as_ref().and_then(|failure| failure.hint.as_ref()) {
            block.field("hint", &visible::lines(hint, limits::PARAGRAPH, ERROR_LINES));
        }
        if let Some(stderr) = &worst.stderr {
            block.field("stderr", &visible::last_lines(stderr, limits::STDERR, ERROR_LINES));
        }
        return block.text;
    }
    if let Some(failure) = &worst.failure {
        let _ = writeln!(block.text, "  {}", sides(failure, paint));
    }
    if let Some(id) = worst.requirements.first() {
        let requirement = requirements.iter().find(|requirement| requirement.id == *id);
        let link = requirement.map(|requirement| requirement.link.as_str()).unwrap_or_default();
        let more = match worst.requirements.len() {
            1 => String::new(),
            all => format!(" and {} more", all - 1),
        };
        let line =
            format!("  {}{more}  {}", visible::line(id, limits::ID), visible::line(link, limits::LINK));
        let _ = writeln!(block.text, "{}", paint.quiet(line.trim_end()));
    }
    block.text
}

/// What was expected and observed, on a line.
pub(super) fn sides(failure: &Failure, paint: Paint) -> String {
    let expected = paint.good(visible::line(&failure.expected, SIDE));
    let observed = paint.bad(visible::line(&failure.observed, SIDE));
    format!("expected {expected}; observed {observed}")
}

/// How many characters of an expectation or an observation a line has.
const SIDE: usize = 60;

/// How many lines of a reason, a hint or an output an error has.
const ERROR_LINES: usize = 6;
