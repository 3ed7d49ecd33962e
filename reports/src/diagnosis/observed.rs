//! What a run shows of each case in each delivery.

use std::collections::{BTreeMap, BTreeSet};

use super::symptom::Symptom;
use crate::results::{CaseResult, Delivery, Level, Verdict};

/// What was observed of a case in a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Every step held.
    Held,
    /// It failed.
    Failed(Symptom),
}

/// A case in a delivery.
pub(super) type Trial<'r> = (&'r str, Delivery);

/// What a run shows, case by case. What was skipped, or could not be judged, is not in it.
#[derive(Debug, Default)]
pub(super) struct Observed<'r> {
    pub(super) cases: BTreeMap<&'r str, BTreeMap<Delivery, Seen>>,
}

impl<'r> Observed<'r> {
    /// What results show. Cases of level `may` allow several behaviors, so they show no mistake.
    pub(super) fn in_results(results: &'r [CaseResult]) -> Self {
        let mut observed = Self::default();
        for result in results.iter().filter(|result| result.level != Level::May) {
            let seen = match (result.verdict, &result.failure) {
                (Verdict::Fail | Verdict::Warn, Some(failure)) => Seen::Failed(Symptom::of(failure)),
                (Verdict::Pass, _) => Seen::Held,
                _ => continue,
            };
            observed.cases.entry(&result.case).or_default().insert(result.delivery, seen);
        }
        observed
    }

    /// The trials that failed.
    pub(super) fn failed(&self) -> BTreeSet<Trial<'r>> {
        let trials = self.cases.iter().flat_map(|(case, seen)| seen.iter().map(|each| (*case, each)));
        let failed = trials.filter(|(_, (_, seen))| matches!(seen, Seen::Failed(_)));
        failed.map(|(case, (delivery, _))| (case, *delivery)).collect()
    }
}
