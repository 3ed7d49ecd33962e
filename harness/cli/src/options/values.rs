//! Values of options: patterns and durations.

use std::time::Duration;

use globset::GlobMatcher;
use ssespec::run::baseline::id_glob;
use ssespec_diagnostics::value::{LONGEST, parse_duration};

/// A pattern that is not a glob.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidPattern(globset::ErrorKind);

/// A duration that an option does not accept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidDuration {
    /// Zero.
    #[error("the time must be longer than zero")]
    Zero,
    /// Not a duration, or too long.
    #[error(
        "expected a whole number followed by ms, s or min, like 500ms; the longest time is {}",
        humantime::format_duration(LONGEST)
    )]
    Malformed,
}

/// Parses a pattern that ids are matched against.
pub(crate) fn glob(pattern: &str) -> Result<GlobMatcher, InvalidPattern> {
    id_glob(pattern).map(|glob| glob.compile_matcher()).map_err(|error| InvalidPattern(error.kind().clone()))
}

/// Parses a duration, in the notation of cases and with the same maximum. `m` is accepted for `min`, as other commands write it.
pub(crate) fn duration(text: &str) -> Result<Duration, InvalidDuration> {
    let minutes = text.strip_suffix('m').filter(|number| number.ends_with(|c: char| c.is_ascii_digit()));
    let parsed = match minutes {
        Some(number) => parse_duration(&format!("{number}min")),
        None => parse_duration(text),
    };
    match parsed {
        Some(Duration::ZERO) => Err(InvalidDuration::Zero),
        Some(duration) => Ok(duration),
        None => Err(InvalidDuration::Malformed),
    }
}

/// A duration in the notation that [`duration`] parses.
pub(crate) fn duration_text(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}
