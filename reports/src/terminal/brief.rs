//! A finding in two lines: what broke, what was expected and observed, and which requirement says so.

use std::fmt::Write;

use super::block::Block;
use super::failure::heading;
use super::paint::{Paint, Style};
use crate::fold::{CaseOutcome, Outcome};
use crate::limits;
use crate::results::Failure;
use crate::visible;

/// The lines of a failure, warning or error without what is on the wire. Another case of the run shows how to rerun one.
pub(super) fn brief(case: &CaseOutcome<'_>, style: Style) -> String {
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
    let rule = match worst.requirements.as_slice() {
        [] => String::new(),
        [id] => format!(" ({})", visible::line(id, limits::ID)),
        [id, others @ ..] => format!(" ({} and {} more)", visible::line(id, limits::ID), others.len()),
    };
    if let Some(failure) = &worst.failure {
        let _ = writeln!(block.text, "  {}{}", sides(failure, paint), paint.quiet(rule));
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
