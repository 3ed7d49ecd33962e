//! The conclusion of a probe: what was seen, whether that was enough, and the exit status.

use ssespec::run::{Conclusion, Selection};
use ssespec_reports::results::{CaseResult, Footer, Level, Verdict};

use crate::observe::seen::Seen;
use crate::options::Options;

/// What decides the exit status of a probe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Failures in the suites that decide conformance.
    #[default]
    Usual,
    /// Every failure and every warning; a probe that saw too little has failed too.
    Strict,
}

/// How the reason of a check ends that was not judged because the server serves few streams at the same time.
pub(crate) const NO_TIME: &str = "there was no time for this check";

/// Adds what was seen to the footer, and adapts the conclusion.
pub(crate) fn conclude(
    results: &[CaseResult],
    seen: &Seen,
    (options, selection, strictness): (&Options, &Selection, Strictness),
    (footer, conclusion): (Footer, Conclusion),
) -> (Footer, Conclusion) {
    let mut notes = vec![seen.describe()];
    let too_little = (selection.filters.is_empty()).then(|| too_little(results, seen, options)).flatten();
    let is_enough = too_little.is_none();
    notes.extend(too_little);
    let is_problem = |result: &CaseResult| {
        matches!(result.verdict, Verdict::Fail | Verdict::Warn) && result.known.is_none()
    };
    let conclusion = match (conclusion, strictness) {
        (Conclusion::AsExpected, Strictness::Strict) if !is_enough || results.iter().any(is_problem) => {
            Conclusion::NotAsExpected
        }
        (Conclusion::AsExpected, Strictness::Usual) if !is_enough => Conclusion::Error,
        (conclusion, _) => conclusion,
    };
    (Footer { notes, exit_status: conclusion.exit_status(), ..footer }, conclusion)
}

/// Whether most checks that were not judged had no time: the server serves few streams at the same time.
fn is_for_lack_of_time(results: &[CaseResult]) -> bool {
    let skipped = || results.iter().filter(|result| result.verdict == Verdict::Skip);
    let had_no_time =
        |result: &&CaseResult| result.reason.as_ref().is_some_and(|reason| reason.ends_with(NO_TIME));
    skipped().filter(had_no_time).count() * 2 > skipped().count()
}

/// That too few of the MUSTs could be judged, and what would help; `None` if at least half of them were, and there
/// was more than empty streams.
fn too_little(results: &[CaseResult], seen: &Seen, options: &Options) -> Option<String> {
    let musts = || results.iter().filter(|result| result.level == Level::Must);
    let all = musts().count();
    let judged = musts().filter(|result| !matches!(result.verdict, Verdict::Skip | Verdict::Error)).count();
    if judged * 2 >= all && !seen.are_all_empty() {
        return None;
    }
    let help = if options.limit.is_some() {
        "a probe without --quick judges more"
    } else if seen.all_ended() {
        "give the URL of a stream that stays open, or with --header or --data what the server needs to open it"
    } else if is_for_lack_of_time(results) {
        "--filter leaves more time for fewer checks, if the server cannot serve more streams at the same time"
    } else if options.emit.is_none() {
        "--emit makes the server send events"
    } else {
        "see why each check was skipped"
    };
    Some(format!("too little was seen: {judged} of {all} MUST checks could be judged; {help}"))
}
