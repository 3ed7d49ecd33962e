//! Findings that have the same cause: reports show it once.

use std::collections::BTreeMap;

use ssespec_reports::results::{CaseResult, Verdict};

use crate::check::Check;

/// Pairs of checks. If both are broken, the first is usually a consequence of the second.
const CONSEQUENCES: &[(&str, &str)] = &[
    ("resume", "resume-header-case"),
    ("resume-no-duplicate", "resume-header-case"),
    ("resume", "resume-order"),
    // Ids that start again on each connection.
    ("resume", "resume-no-duplicate"),
    ("resume-utf8", "resume-unknown-id"),
    ("resume-unknown-id", "hostile-id"),
    ("resume-utf8", "hostile-id"),
    ("block-in-one-flush", "blank-lines"),
    ("final-blank-line", "blank-lines"),
    ("one-terminator", "payload-split"),
    ("unknown-fields", "payload-split"),
    ("unknown-fields", "field-names"),
    ("block-without-data", "field-names"),
    ("field-names", "bom-later"),
    ("id-coverage", "bom-later"),
    ("bom-at-start", "bom-later"),
    ("nul", "id-without-nul"),
    ("unknown-fields", "document"),
    ("payload-split", "document"),
    ("final-blank-line", "document"),
    ("one-terminator", "document"),
    ("accept-list", "accept-absent"),
    ("leave-by-reset", "leave-by-fin"),
    ("chunked-end", "content-length"),
    ("length-and-transfer-encoding", "content-length"),
    ("clumps", "headers-flushed"),
    ("still-receives", "leave-by-fin"),
    ("event-latency", "leave-by-fin"),
    ("still-receives", "every-stream"),
    ("event-latency", "every-stream"),
    ("resume", "every-stream"),
    ("event-latency", "held-back"),
    ("clumps", "held-back"),
    ("coding-unasked", "coding-offered"),
    ("freshness", "cache-control"),
    ("cors-reflection", "cors-credentials"),
    ("cors-preflight", "cors-origin"),
    ("other-method", "options"),
    ("cors-preflight", "options"),
    ("block-in-one-flush", "chunk-syntax"),
    ("one-terminator", "chunk-syntax"),
    ("leave-by-fin", "every-stream"),
    ("id-coverage", "keep-alive-is-comment"),
    ("id-unique", "each-emission"),
    ("resume", "resume-head"),
    ("cors-origin", "resume-head"),
    ("finite-stream", "own-end"),
    ("chunked-end", "own-end"),
    ("event-latency", "slow-reader"),
    ("every-stream", "slow-reader"),
];

/// The results that get a note of the finding with the same cause.
pub(crate) fn noted(results: &[CaseResult], checks: &[Check]) -> Vec<CaseResult> {
    let is_broken = |result: &&CaseResult| {
        matches!(result.verdict, Verdict::Fail | Verdict::Warn) && result.known.is_none()
    };
    let broken: BTreeMap<&str, &CaseResult> =
        results.iter().filter(is_broken).map(|result| (result.case.as_str(), result)).collect();
    let id = |name: &str| checks.iter().find(|check| check.name == name).map(Check::id);
    let mut noted: BTreeMap<String, CaseResult> = BTreeMap::new();
    for (consequence, cause) in CONSEQUENCES {
        let (Some(consequence), Some(cause)) = (id(consequence), id(cause)) else { continue };
        // A failure is never hidden behind a warning.
        let both = broken.get(consequence.as_str()).zip(broken.get(cause.as_str()));
        if let Some((result, of)) = both
            && (of.verdict == Verdict::Fail || result.verdict == Verdict::Warn)
            && !noted.contains_key(&consequence)
            && !noted.contains_key(&cause)
        {
            let reason = Some(format!("the same cause as {cause}"));
            noted.insert(consequence, CaseResult { reason, ..(*result).clone() });
        }
    }
    noted.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::CONSEQUENCES;
    use crate::all_checks::all_checks;

    #[test]
    fn the_pairs_name_checks() {
        for name in CONSEQUENCES.iter().flat_map(|(consequence, cause)| [consequence, cause]) {
            assert!(all_checks().iter().any(|check| check.name == *name), "{name}");
        }
    }
}
