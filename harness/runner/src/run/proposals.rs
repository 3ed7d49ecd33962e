//! Options that would let a client with one fundamental mistake be judged on the rest.

use std::collections::BTreeMap;

use ssespec_cases::client::{ClientStep, Expectation};
use ssespec_cases::{Case, Corpus, Script, Step};
use ssespec_mock_server::action::{Action, Drop};
use ssespec_reports::results::{CaseResult, Delivery, Framing, Loss, Variation, Verdict};

/// From how many results on something is said about all of them.
const ENOUGH: usize = 8;

/// What a run of a client proposes.
pub(super) fn proposals<'r>(
    results: impl Iterator<Item = &'r CaseResult> + Clone,
    corpus: &Corpus,
    variation: Variation,
) -> Vec<String> {
    let framing = (variation.framing == Framing::default()).then(|| framing(results.clone())).flatten();
    let loss = variation.loss.is_none().then(|| loss(results, corpus)).flatten();
    framing.into_iter().chain(loss).collect()
}

/// How many of some results were judged, and how many of these failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    judged: usize,
    failed: usize,
}

impl Share {
    fn add(&mut self, failed: bool) {
        self.judged += 1;
        self.failed += usize::from(failed);
    }

    fn of<'r>(results: impl Iterator<Item = &'r CaseResult>) -> Self {
        let mut share = Self::default();
        results.filter_map(|result| has_failed(result.verdict)).for_each(|failed| share.add(failed));
        share
    }

    fn is_nearly_all(self) -> bool {
        self.judged >= ENOUGH && self.failed * 4 >= self.judged * 3
    }

    fn is_most(self) -> bool {
        self.failed * 2 > self.judged
    }
}

/// Whether a judged case failed, whatever its level.
fn has_failed(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Pass => Some(false),
        Verdict::Fail | Verdict::Warn => Some(true),
        Verdict::Info | Verdict::Skip | Verdict::Error => None,
    }
}

/// A client that takes the sizes of chunks for lines can fail everything in which an event is more than one chunk.
fn framing<'r>(results: impl Iterator<Item = &'r CaseResult> + Clone) -> Option<String> {
    let split = Share::of(results.filter(|result| result.delivery == Delivery::BYTES));
    split.is_nearly_all().then(|| {
        format!(
            "{} of {} cases fail if every byte is a chunk of its own: perhaps the client reads the chunked coding as text, or \
             each chunk as a whole event; --framing close judges the rest without chunks",
            split.failed, split.judged
        )
    })
}

/// A client that does not notice one kind of loss can fail everything in which something follows it.
fn loss<'r>(results: impl Iterator<Item = &'r CaseResult>, corpus: &Corpus) -> Option<String> {
    let mut kinds: BTreeMap<&'static str, Share> = BTreeMap::new();
    for result in results.filter(|result| result.delivery == Delivery::AS_WRITTEN) {
        let Some(case) = corpus.cases.get(&result.case) else { continue };
        if has_failed(result.verdict).is_none() {
            continue;
        }
        for (loss, step) in losses(case) {
            let unnoticed = match &result.failure {
                // It failed before.
                Some(failure) if (1..=step).contains(&failure.step) => continue,
                // The request did not come.
                Some(failure) if failure.step == step + 1 => {
                    if !failure.observed.starts_with("nothing within") {
                        continue;
                    }
                    true
                }
                _ => false,
            };
            kinds.entry(loss.as_str()).or_default().add(unnoticed);
        }
    }
    let (unnoticed, share) = kinds.iter().find(|(_, share)| share.is_nearly_all())?;
    let (noticed, _) = kinds.iter().find(|(_, share)| share.judged >= ENOUGH && !share.is_most())?;
    let what = match *unnoticed {
        "reset" => "a reset of the connection",
        "fin" => "a close of the connection before the end of the body",
        _ => "the clean end of a stream",
    };
    Some(format!(
        "in {} of {} cases nothing follows {what}: perhaps the client does not notice it; --loss {noticed} judges the rest with \
         losses that it notices",
        share.failed, share.judged
    ))
}

/// The losses of a case's streams after which a request must follow, with the numbers of their steps, counted from 1.
fn losses(case: &Case) -> Vec<(Loss, usize)> {
    let Script::Client(steps) = &case.script else { return Vec::new() };
    let is_request =
        |step: &Step<ClientStep>| matches!(step.kind, ClientStep::Expect(Expectation::Request(_)));
    let shows_a_stream = |step: &Step<ClientStep>| {
        matches!(
            step.kind,
            ClientStep::Wire(Action::Send(_))
                | ClientStep::Expect(Expectation::Event(_) | Expectation::Comment { .. })
        )
    };
    let losses = steps.windows(3).enumerate().filter_map(|(at, steps)| {
        let [before, loss, after] = steps else { return None };
        if !shows_a_stream(before) || !is_request(after) {
            return None;
        }
        let loss = match &loss.kind {
            ClientStep::Wire(Action::Drop(Drop::Fin)) => Loss::Fin,
            ClientStep::Wire(Action::Drop(Drop::Reset)) => Loss::Reset,
            ClientStep::Wire(Action::End) => Loss::End,
            _ => return None,
        };
        Some((loss, at + 2))
    });
    losses.collect()
}
