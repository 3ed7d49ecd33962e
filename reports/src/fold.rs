//! The deliveries of one case folded into one outcome.
//!
//! A case runs in several deliveries, but people ask about the *case*. The worst delivery
//! decides, and the outcome names the deliveries that had it.

use std::collections::BTreeSet;

use crate::results::{CaseResult, Counts, Delivery, Fact, Known, Level, Protocol, Verdict};

/// The outcome of a case. Ordered as in the fold: the greatest one decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Skipped in every delivery.
    Skip,
    /// Every step held.
    Pass,
    /// A fact was recorded.
    Info,
    /// A `should` did not hold.
    Warn,
    /// A `must` did not hold, as the baseline expects.
    Known,
    /// A `must` did not hold, and the baseline does not expect it.
    Fail,
    /// The adapter, the harness or the machine failed.
    Error,
}

impl Outcome {
    /// The outcome of a single result.
    pub fn of(result: &CaseResult) -> Self {
        match result.verdict {
            Verdict::Skip => Self::Skip,
            // A flaky failure is a known failure even if it happens to pass.
            Verdict::Pass | Verdict::Warn if result.known.as_ref().is_some_and(|known| known.flaky) => {
                Self::Known
            }
            Verdict::Pass => Self::Pass,
            Verdict::Info => Self::Info,
            Verdict::Warn => Self::Warn,
            Verdict::Fail if result.known.is_some() => Self::Known,
            Verdict::Fail => Self::Fail,
            Verdict::Error => Self::Error,
        }
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Pass => "pass",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Known => "known",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// Its sign. Each has its own shape, so that they differ without color.
    pub fn glyph(self) -> char {
        match self {
            Self::Skip => '–',
            Self::Pass => '✔',
            Self::Info => 'i',
            Self::Warn => '~',
            Self::Known => '×',
            Self::Fail => '✘',
            Self::Error => '!',
        }
    }
}

/// A fact with the deliveries in which it was observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedFact<'a> {
    /// The subject.
    pub fact: &'a str,
    /// The observation.
    pub value: &'a str,
    /// The deliveries in which it was observed.
    pub deliveries: Vec<Delivery>,
}

/// One case over all its deliveries.
#[derive(Clone, Debug)]
pub struct CaseOutcome<'a> {
    results: Vec<&'a CaseResult>,
    worst: &'a CaseResult,
    outcome: Outcome,
}

impl<'a> CaseOutcome<'a> {
    /// Folds the results of one case; `None` if there are no results.
    ///
    /// The results must belong to the same case and contain one record per delivery, as
    /// [`Results::results`](crate::Results::results) does.
    pub fn of(results: impl IntoIterator<Item = &'a CaseResult>) -> Option<Self> {
        let mut results: Vec<&CaseResult> = results.into_iter().collect();
        results.sort_by_key(|result| result.delivery);
        let (first, rest) = results.split_first()?;
        let worst = rest.iter().fold(*first, |worst, result| {
            // The first delivery with the worst outcome represents the case, with a failure if there is one: a known failure
            // that need not happen passes in some.
            let rank = |result: &CaseResult| (Outcome::of(result), result.failure.is_some());
            if rank(result) > rank(worst) { result } else { worst }
        });
        Some(Self { outcome: Outcome::of(worst), worst, results })
    }

    /// The outcome of the case.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The result that decided: the first delivery of the worst outcome.
    pub fn worst(&self) -> &'a CaseResult {
        self.worst
    }

    /// The results, in the order of the deliveries.
    pub fn results(&self) -> &[&'a CaseResult] {
        &self.results
    }

    /// The id of the case.
    pub fn case(&self) -> &'a str {
        &self.worst.case
    }

    /// The id without its last part: the folder of the case.
    pub fn group(&self) -> &'a str {
        self.case().rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The document that the case is about.
    pub fn suite(&self) -> &'a str {
        &self.worst.suite
    }

    /// How binding it is.
    pub fn level(&self) -> Level {
        self.worst.level
    }

    /// The baseline entry that expects the case to fail.
    pub fn known(&self) -> Option<&'a Known> {
        self.worst.known.as_ref()
    }

    /// Whether the baseline expects that the case fails, or its warning.
    pub fn is_expected(&self) -> bool {
        matches!(self.outcome, Outcome::Known | Outcome::Warn) && self.known().is_some()
    }

    /// The results whose outcome decided, the first of them being [`worst`](Self::worst).
    pub fn decisive(&self) -> impl Iterator<Item = &'a CaseResult> {
        self.results.iter().copied().filter(|result| Outcome::of(result) == self.outcome)
    }

    /// The deliveries in which the case was not skipped.
    pub fn ran(&self) -> usize {
        self.results.iter().filter(|result| result.verdict != Verdict::Skip).count()
    }

    /// The deliveries in which every step held.
    pub fn held(&self) -> usize {
        self.results
            .iter()
            .filter(|result| matches!(Outcome::of(result), Outcome::Pass | Outcome::Info))
            .count()
    }

    /// The deliveries that decided, in words; `None` if all deliveries agree. Where a case has no meaning over a protocol,
    /// that one is left out.
    pub fn only_in(&self) -> Option<String> {
        let decisive: Vec<Delivery> = self.decisive().map(|result| result.delivery).collect();
        let all = if self.outcome == Outcome::Skip { self.results.len() } else { self.ran() };
        (decisive.len() < all).then(|| self.list(&decisive))
    }

    /// The facts of all deliveries, each once, in the order in which they were recorded. A busy machine makes a delay longer, never
    /// shorter, so of the delays over one protocol the shortest counts.
    pub fn facts(&self) -> Vec<FoldedFact<'a>> {
        let mut folded: Vec<FoldedFact<'a>> = Vec::new();
        for result in &self.results {
            for fact in &result.facts {
                let value = self.shortest(fact, result.delivery.protocol);
                match folded.iter_mut().find(|seen| seen.fact == fact.fact && seen.value == value) {
                    Some(seen) if seen.deliveries.contains(&result.delivery) => {}
                    Some(seen) => seen.deliveries.push(result.delivery),
                    None => {
                        let new = FoldedFact { fact: &fact.fact, value, deliveries: vec![result.delivery] };
                        // Keep the values of one fact together.
                        let after = folded.iter().rposition(|seen| seen.fact == new.fact);
                        folded.insert(after.map_or(folded.len(), |at| at + 1), new);
                    }
                }
            }
        }
        folded
    }

    /// The value of a fact, or if it is a delay, the shortest over this protocol.
    fn shortest(&self, fact: &'a Fact, protocol: Protocol) -> &'a str {
        let over_it = self.results.iter().filter(|result| result.delivery.protocol == protocol);
        let alike = over_it.flat_map(|result| &result.facts).filter(|other| other.fact == fact.fact);
        let delays = alike.filter_map(|other| Some((half_seconds(&other.value)?, other.value.as_str())));
        let shortest = delays.min_by_key(|(delay, _)| *delay).map(|(_, value)| value);
        shortest.filter(|_| half_seconds(&fact.value).is_some()).unwrap_or(&fact.value)
    }

    /// The deliveries of a fact, in words; `None` if it was observed in all of them.
    pub fn fact_only_in(&self, fact: &FoldedFact<'_>) -> Option<String> {
        (fact.deliveries.len() < self.ran()).then(|| self.list(&fact.deliveries))
    }

    /// Deliveries in words: a protocol if they are all that were played over it, and the only ones.
    fn list(&self, deliveries: &[Delivery]) -> String {
        let played = self.results.iter().filter(|result| result.verdict != Verdict::Skip);
        let protocols: BTreeSet<Protocol> = deliveries.iter().map(|delivery| delivery.protocol).collect();
        let over_these = played.filter(|result| protocols.contains(&result.delivery.protocol));
        if deliveries.len() < self.ran() && over_these.count() == deliveries.len() {
            let names: Vec<String> = protocols.iter().map(Protocol::to_string).collect();
            return format!("every delivery over {}", names.join(", "));
        }
        list(deliveries)
    }
}

/// How many deliveries a list names before it counts the rest.
const NAMED: usize = 4;

fn list(deliveries: &[Delivery]) -> String {
    let named: Vec<String> = deliveries.iter().take(NAMED).map(Delivery::to_string).collect();
    match deliveries.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Folds results into cases, in the order of their ids.
///
/// The results must be in the order of [`Results::results`](crate::Results::results).
pub fn fold(results: &[CaseResult]) -> Vec<CaseOutcome<'_>> {
    results.chunk_by(|a, b| a.case == b.case).filter_map(CaseOutcome::of).collect()
}

/// The number of cases for each outcome, as in a [`Footer`](crate::results::Footer).
pub fn counts(cases: &[CaseOutcome<'_>]) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        counts.add(case.outcome());
    }
    counts
}

impl Counts {
    /// Counts one case.
    pub fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Skip => &mut self.skip,
            Outcome::Pass => &mut self.pass,
            Outcome::Info => &mut self.info,
            Outcome::Warn => &mut self.warn,
            Outcome::Known => &mut self.known,
            Outcome::Fail => &mut self.fail,
            Outcome::Error => &mut self.error,
        };
        *count += 1;
    }

    /// The number of cases with this outcome.
    pub fn get(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::Skip => self.skip,
            Outcome::Pass => self.pass,
            Outcome::Info => self.info,
            Outcome::Warn => self.warn,
            Outcome::Known => self.known,
            Outcome::Fail => self.fail,
            Outcome::Error => self.error,
        }
    }

    /// The number of cases.
    pub fn total(&self) -> usize {
        self.ran() + self.skip
    }

    /// The number of cases that were not skipped.
    pub fn ran(&self) -> usize {
        self.pass + self.warn + self.fail + self.known + self.info + self.error
    }
}
/// A recorded delay, such as `1.5 s`, in half seconds.
fn half_seconds(value: &str) -> Option<u64> {
    let (whole, half) = value.strip_suffix(" s")?.split_once('.')?;
    let half = match half {
        "0" => 0,
        "5" => 1,
        _ => return None,
    };
    whole.parse::<u64>().ok()?.checked_mul(2)?.checked_add(half)
}
