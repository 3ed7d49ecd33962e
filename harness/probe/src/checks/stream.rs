//! What checks of the observed stream have in common.

use ssespec_strict::FindingKind;

use crate::check::{Judging, judging};
use crate::describe::finding;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::Exchange;

/// How many findings a report shows.
const SHOWN: usize = 5;

/// Judges the stream, observed for the whole probe.
pub(super) fn judge_stream(context: CheckContext, judge: fn(&Exchange) -> Outcome) -> Judging {
    judging(async move { Ok(judge(&context.observed_stream().await?.exchange)) })
}

/// Judges the stream by what the strict reader found: a finding of these kinds is a breach.
pub(super) fn forbid(
    context: CheckContext,
    kinds: &'static [FindingKind],
    expected: &'static str,
    hint: &'static str,
) -> Judging {
    judging(
        async move { Ok(judge_findings(&context.observed_stream().await?.exchange, kinds, expected, hint)) },
    )
}

/// Judges an exchange by what the strict reader found.
pub(super) fn judge_findings(
    exchange: &Exchange,
    kinds: &[FindingKind],
    expected: &str,
    hint: &str,
) -> Outcome {
    let all: Vec<String> = exchange
        .stream_findings
        .iter()
        .filter(|f| kinds.contains(&f.kind))
        .map(|f| finding(f, "the stream"))
        .collect();
    if all.is_empty() {
        return if exchange.content_length == 0 {
            Outcome::NotJudged("the stream was empty".into())
        } else {
            Outcome::Holds
        };
    }
    let more = all.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = all.into_iter().take(SHOWN).collect();
    shown.extend((more > 0).then(|| format!("and {more} more")));
    let breach = Breach::new(exchange, expected, shown.join("\n"));
    if hint.is_empty() { breach.proven() } else { breach.hint(hint).proven() }
}

/// Why a response that is not a stream is not judged.
pub(in crate::checks) fn no_stream(exchange: &Exchange) -> Outcome {
    Outcome::NotJudged(format!("the response is not a stream: {}", exchange.summary()))
}
