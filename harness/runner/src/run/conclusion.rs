//! What a run came to: the footer of its results, and the exit status.

use std::time::{Duration, SystemTime};

use ssespec_reports::fold;
use ssespec_reports::results::{CaseResult, Footer, V1, Verdict};

use super::baseline::Baseline;
use super::plan::Selection;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Conforming, or as the baseline says.
    AsExpected,
    /// A failure that is not known, or a baseline that does not fit.
    NotAsExpected,
    /// A verdict was `error`.
    Error,
}

impl Conclusion {
    /// The exit status that stands for it.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::NotAsExpected => 1,
            Self::Error => 3,
        }
    }
}

/// The present time in the form of RFC 3339.
pub fn timestamp() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

/// The last record of a run, and what it came to. The results stand in the order of their ids, each once; `ids` are those
/// that a baseline may be about.
pub fn conclude<'i>(
    results: &[CaseResult],
    ids: impl Iterator<Item = &'i str> + Clone,
    baseline: &Baseline,
    selection: &Selection,
    took: Duration,
) -> (Footer, Conclusion) {
    let all: Vec<&CaseResult> = results.iter().collect();
    let (stale, unmatched) = baseline.judge(&all, ids, selection);
    let decides = |result: &&CaseResult| selection.decides(&result.suite);
    let failed = |result: &CaseResult| result.verdict == Verdict::Fail && result.known.is_none();
    let conclusion = if results.iter().any(|result| result.verdict == Verdict::Error) {
        Conclusion::Error
    } else if results.iter().filter(decides).any(failed) || !stale.is_empty() || !unmatched.is_empty() {
        Conclusion::NotAsExpected
    } else {
        Conclusion::AsExpected
    };
    let footer = Footer {
        v: V1,
        finished: timestamp(),
        duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        counts: fold::counts(&fold::fold(results)),
        stale,
        unmatched,
        exit_status: conclusion.exit_status(),
        complete: true,
    };
    (footer, conclusion)
}
