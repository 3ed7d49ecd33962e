//! How an outcome is shown: by a glyph, a word, and a color.

use crate::fold::Outcome;

/// The class of an outcome in the style sheet, which has its glyph and its color. It is one letter, because the matrix has
/// tens of thousands of cells.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "p",
        Outcome::Fail => "f",
        Outcome::Known => "k",
        Outcome::Warn => "w",
        Outcome::Info => "i",
        Outcome::Skip => "s",
        Outcome::Error => "e",
    }
}

/// The outcome in words.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Known => "known failure",
        Outcome::Info => "observed",
        Outcome::Warn => "warning",
        other => other.as_str(),
    }
}

/// Whether the evidence of a case with this outcome has a page of its own.
pub(super) fn has_page(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Warn | Outcome::Known | Outcome::Fail | Outcome::Error)
}

/// One entry of the legend.
pub(super) struct Sign {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) meaning: &'static str,
}

/// The outcomes and what they mean.
pub(super) const LEGEND: [Sign; 8] = [
    Sign { class: "p", word: "pass", meaning: "Every step held, in every delivery." },
    Sign { class: "f", word: "fail", meaning: "A MUST did not hold. 2/3: it did in 2 of 3 deliveries." },
    Sign {
        class: "k",
        word: "known failure",
        meaning: "A MUST did not hold, and a baseline gives the reason.",
    },
    Sign { class: "w", word: "warning", meaning: "Every MUST held, a SHOULD did not." },
    Sign { class: "i", word: "observed", meaning: "The standard leaves it open. Neither good nor bad." },
    Sign { class: "s", word: "skip", meaning: "The interface cannot reach it, for a stated reason." },
    Sign {
        class: "e",
        word: "error",
        meaning: "The adapter, the harness or the machine failed. It says nothing about conformance.",
    },
    Sign { class: "n", word: "not run", meaning: "The results file does not contain this case." },
];
