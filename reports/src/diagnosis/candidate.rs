//! How a known mistake compares with what a run shows.

use std::collections::BTreeSet;

use super::observed::{Observed, Seen, Trial};
use super::symptom::{Kind, Symptom};
use super::table::Mistake;

/// A mistake is not named if so many cases show other events than it does, and none the same.
const OTHER_EVENTS: usize = 2;

/// A random mistake must show in one of so many cases that it may fail.
const RARE: usize = 3;

/// A mistake that would explain failures of a run.
#[derive(Debug)]
pub(super) struct Candidate<'r, 't> {
    pub(super) mistake: &'t Mistake,
    /// The failures that it explains: those at the step that it fails, of the same kind.
    pub(super) explains: BTreeSet<Trial<'r>>,
    /// Those of them that look exactly as they do with the mistake.
    pub(super) exact: BTreeSet<Trial<'r>>,
    /// How many cases that it would fail were not judged.
    pub(super) unjudged: usize,
    /// The cases that fail at the step that it fails, but look different.
    pub(super) unlike: BTreeSet<&'r str>,
    /// The cases that show that it is not made, or not always: they held, or failed later than it would fail them.
    pub(super) contradicting: BTreeSet<&'r str>,
}

/// Whether a failure is like one of the mistake. What is random may show at a later step.
fn is_like(mistake: &Mistake, case: &str, other: Symptom, symptom: Symptom) -> bool {
    let is_random = mistake.possible.contains(case) && symptom.kind != Kind::Growth;
    other.is_like(symptom) || (is_random && other.kind == symptom.kind && other.is_after(symptom))
}

/// What a case that holds against expectation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contradiction {
    Rejects,
    Counts,
}

impl<'r, 't> Candidate<'r, 't> {
    /// A mistake that nothing contradicts; `None` if it explains nothing, or something held that it would fail.
    pub(super) fn of(mistake: &'t Mistake, observed: &Observed<'r>) -> Option<Self> {
        Self::compared(mistake, observed, Contradiction::Rejects)
    }

    /// A mistake that explains something, although other cases that it would fail may hold.
    pub(super) fn in_part(mistake: &'t Mistake, observed: &Observed<'r>) -> Option<Self> {
        Self::compared(mistake, observed, Contradiction::Counts)
    }

    /// Compares a mistake with what a run shows.
    fn compared(mistake: &'t Mistake, observed: &Observed<'r>, contradiction: Contradiction) -> Option<Self> {
        let mut candidate = Self {
            mistake,
            explains: BTreeSet::new(),
            exact: BTreeSet::new(),
            unjudged: 0,
            unlike: BTreeSet::new(),
            contradicting: BTreeSet::new(),
        };
        let mut other_events = BTreeSet::new();
        for (case, failures) in &mistake.failures {
            let Some((case, seen)) = observed.cases.get_key_value(case.as_str()) else {
                candidate.unjudged += 1;
                continue;
            };
            for (delivery, seen) in seen {
                let Some(symptom) = failures.get(*delivery) else { continue };
                let is_contradicted = match seen {
                    _ if mistake.possible.contains(*case) => false,
                    Seen::Held => true,
                    // The step held at which the mistake would show.
                    Seen::Failed(other) => other.is_after(symptom),
                };
                if is_contradicted {
                    if contradiction == Contradiction::Rejects {
                        return None;
                    }
                    candidate.contradicting.insert(case);
                    continue;
                }
                match seen {
                    Seen::Failed(other) if is_like(mistake, case, *other, symptom) => {
                        candidate.explains.insert((*case, *delivery));
                        if *other == symptom {
                            candidate.exact.insert((*case, *delivery));
                        } else if other.kind == Kind::Event {
                            other_events.insert(*case);
                        }
                    }
                    // Another mistake hides this one.
                    Seen::Failed(other) => {
                        if other.step == symptom.step {
                            candidate.unlike.insert(case);
                        }
                    }
                    Seen::Held => {}
                }
            }
        }
        // Events differ between mistakes more than between implementations.
        let is_other = other_events.len() >= OTHER_EVENTS && candidate.exact.is_empty();
        let is_rare = candidate.cases_of(&candidate.explains) * RARE < candidate.possible_of(observed);
        (!candidate.explains.is_empty() && !is_other && !is_rare).then_some(candidate)
    }

    /// How many cases that were judged it may fail, but need not.
    fn possible_of(&self, observed: &Observed<'r>) -> usize {
        self.mistake.possible.iter().filter(|case| observed.cases.contains_key(case.as_str())).count()
    }

    /// How well it explains a set of failures, in thousandths of a case: the cases of it, and again those that look exactly as with
    /// the mistake, by how many of all cases that fail where it fails them look alike.
    pub(super) fn weight_in(&self, failures: &BTreeSet<Trial<'r>>) -> usize {
        let exact: BTreeSet<&str> = self.exact.intersection(failures).map(|(case, _)| *case).collect();
        let alike = self.cases_of(&self.explains);
        let unlike = self.unlike.iter().filter(|case| !self.explains_any(case)).count();
        (self.cases_of(failures) + exact.len()) * 1000 * alike / (alike + unlike).max(1)
    }

    fn explains_any(&self, case: &str) -> bool {
        self.explains.iter().any(|(explained, _)| *explained == case)
    }

    /// How many cases of a set of failures it explains.
    pub(super) fn cases_of(&self, failures: &BTreeSet<Trial<'r>>) -> usize {
        self.explains.intersection(failures).map(|(case, _)| *case).collect::<BTreeSet<_>>().len()
    }
}
