//! The file of a case, line by line, and its steps in English.

use super::background::{Background, ExplainedStep};
use crate::{
    limits,
    results::{Failure, Source},
    visible,
};

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
    /// Whether the failed step is on this line.
    pub(super) failed: bool,
}

/// The longest line and the most lines that are shown.
const LINE: usize = 2000;
const LINES: usize = 500;

/// The lines of the file, with those of the failed step marked.
pub(super) fn lines(source: &Source, failure: Option<&Failure>) -> Vec<Line> {
    let marked = failure
        .filter(|failure| failure.step > 0)
        .map(|failure| failure.line..failure.line.saturating_add(failure.step_text.lines().count().max(1)));
    let line = |(at, text): (usize, &str)| Line {
        number: at + 1,
        text: visible::line(text, LINE),
        failed: marked.as_ref().is_some_and(|marked| marked.contains(&(at + 1))),
    };
    source.text.lines().take(LINES).enumerate().map(line).collect()
}

/// A step in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// `2`, or nothing for an implied step.
    pub(super) number: String,
    pub(super) text: String,
    pub(super) failed: bool,
}

/// The steps in English, with the failed one marked.
pub(super) fn steps(
    background: &Background<'_>,
    case: &str,
    source: &Source,
    failure: Option<&Failure>,
) -> Vec<Step> {
    let steps = background.steps(case, source);
    let last = steps.len().saturating_sub(1);
    let is_failed = |at: usize, step: &ExplainedStep| {
        failure.is_some_and(|failure| match step.number {
            Some(number) => number == failure.step,
            // The implied end.
            None => failure.step == 0 && at == last,
        })
    };
    let step = |(at, step): (usize, &ExplainedStep)| Step {
        number: step.number.map(|number| number.to_string()).unwrap_or_default(),
        text: visible::line(&step.text, limits::PARAGRAPH),
        failed: is_failed(at, step),
    };
    steps.iter().enumerate().map(step).collect()
}
