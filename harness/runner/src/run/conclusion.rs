//! The conclusion of a run: the footer of its results, and the exit status.

use std::time::{Duration, SystemTime};

use ssespec_reports::fold;
use ssespec_reports::results::{CaseResult, Footer, V1, Verdict};

use super::baseline::Baseline;
use super::plan::Selection;

/// The conclusion of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Conforming, except for known failures.
    AsExpected,
    /// A new failure, or a stale baseline.
    NotAsExpected,
    /// A verdict was `error`.
    Error,
}

impl Conclusion {
    /// The exit status.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::NotAsExpected => 1,
            Self::Error => 3,
        }
    }
}

/// The current time as specified by RFC 3339.
pub fn timestamp() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

/// The last record of a run, and its conclusion. The results are sorted by id, each once; `ids` are all ids that a
/// baseline may match.
pub fn conclude<'i>(
    results: &[CaseResult],
    ids: impl Iterator<Item = &'i str> + Clone,
    baseline: &Baseline,
    selection: &Selection,
    took: Duration,
) -> (Footer, Conclusion) {
    let all: Vec<&CaseResult> = results.iter().collect();
    let (stale, unmatched) = baseline.judge(&all, ids, selection);
    let conclusion = if results.iter().any(|result| result.verdict == Verdict::Error) {
        Conclusion::Error
    } else if results.iter().any(|result| selection.rejects(result))
        || !stale.is_empty()
        || !unmatched.is_empty()
    {
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
        diagnosis: None,
        notes: Vec::new(),
        exit_status: conclusion.exit_status(),
        complete: true,
        adapters: None,
        processor: None,
    };
    (footer, conclusion)
}
