//! How a known mistake compares with what a run shows.

use std::collections::BTreeSet;

use super::observed::{Observed, Seen, Trial};
use super::table::Mistake;

/// A mistake that would explain failures of a run, and contradicts nothing that held.
#[derive(Debug)]
pub(super) struct Candidate<'r, 't> {
    pub(super) mistake: &'t Mistake,
    /// The failures that it explains: those at the step that it fails.
    pub(super) explains: BTreeSet<Trial<'r>>,
    /// How many of these look exactly as they do with the mistake.
    pub(super) exact: usize,
    /// How many cases that it would fail were not judged.
    pub(super) unjudged: usize,
}

impl<'r, 't> Candidate<'r, 't> {
    /// Compares a mistake with what a run shows; `None` if it explains nothing, or something held that it would fail.
    pub(super) fn of(mistake: &'t Mistake, observed: &Observed<'r>) -> Option<Self> {
        let mut candidate = Self { mistake, explains: BTreeSet::new(), exact: 0, unjudged: 0 };
        for (case, failures) in &mistake.failures {
            let Some((case, seen)) = observed.cases.get_key_value(case.as_str()) else {
                candidate.unjudged += 1;
                continue;
            };
            for (delivery, seen) in seen {
                let Some(symptom) = failures.get(*delivery) else { continue };
                match seen {
                    Seen::Held => return None,
                    // The step held at which the mistake would show.
                    Seen::Failed(other) if other.is_after(symptom) => return None,
                    Seen::Failed(other) if other.is_at(symptom) => {
                        candidate.exact += usize::from(*other == symptom);
                        candidate.explains.insert((*case, *delivery));
                    }
                    // Another mistake hides this one.
                    Seen::Failed(_) => {}
                }
            }
        }
        (!candidate.explains.is_empty()).then_some(candidate)
    }

    /// How many cases of a set of failures it explains.
    pub(super) fn cases_of(&self, failures: &BTreeSet<Trial<'r>>) -> usize {
        self.explains.intersection(failures).map(|(case, _)| *case).collect::<BTreeSet<_>>().len()
    }
}
