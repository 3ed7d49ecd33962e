//! Optional color for a terminal. The words and signs carry all information without it.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style as Ansi};

use crate::{fold::Outcome, transcript::Times};

/// How a rendering for a terminal looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether escape sequences are written.
    pub color: Color,
    /// Whether the wire log shows its times.
    pub times: Times,
    /// Which failures of a run are shown with their evidence.
    pub failures: Failures,
}

/// Which failures of a run are shown with their evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Failures {
    /// One for each cause, and those without a cause.
    #[default]
    OnePerCause,
    /// All.
    All,
}

/// Whether a rendering contains escape sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    #[default]
    Plain,
    /// Our own ANSI escape sequences; those of an implementation are escaped.
    Ansi,
}

/// Adds styles to text that is already sanitized.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    color: Color,
}

impl Paint {
    pub(crate) fn new(color: Color) -> Self {
        Self { color }
    }

    /// Headings.
    pub(crate) fn strong(self, text: impl Display) -> String {
        self.put(Ansi::new().effects(Effects::BOLD), text)
    }

    /// Text that readers may skip.
    pub(crate) fn quiet(self, text: impl Display) -> String {
        self.put(Ansi::new().effects(Effects::DIMMED), text)
    }

    /// Expected values, and results that hold.
    pub(crate) fn good(self, text: impl Display) -> String {
        self.put(AnsiColor::Green.on_default(), text)
    }

    /// What was observed instead.
    pub(crate) fn bad(self, text: impl Display) -> String {
        self.put(AnsiColor::Red.on_default(), text)
    }

    /// Text that needs attention.
    pub(crate) fn notice(self, text: impl Display) -> String {
        self.put(AnsiColor::Yellow.on_default(), text)
    }

    /// Text about an outcome, in its color.
    pub(crate) fn outcome(self, outcome: Outcome, text: impl Display) -> String {
        match outcome {
            Outcome::Pass => self.good(text),
            Outcome::Fail => self.put(AnsiColor::Red.on_default().effects(Effects::BOLD), text),
            Outcome::Error => self.put(AnsiColor::Magenta.on_default().effects(Effects::BOLD), text),
            Outcome::Warn => self.notice(text),
            Outcome::Info => self.put(AnsiColor::Cyan.on_default(), text),
            Outcome::Known | Outcome::Skip => self.quiet(text),
        }
    }

    fn put(self, style: Ansi, text: impl Display) -> String {
        match self.color {
            Color::Plain => text.to_string(),
            Color::Ansi => format!("{style}{text}{style:#}"),
        }
    }
}
