//! One case for each distinct failure of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::diagnose;
use crate::fold::{CaseOutcome, Outcome, fold};
use crate::results::{NamedMistake, Results};

/// A failure that differs from the others.
#[derive(Clone, Debug)]
pub struct Distinct<'a> {
    /// The case that shows it best.
    pub case: CaseOutcome<'a>,
    /// The known mistakes that would fail these cases, if any.
    pub mistakes: Vec<NamedMistake>,
    /// All cases that fail in this way.
    pub cases: Vec<String>,
}

/// One case for each distinct failure of a run: for each cause, and for what no known mistake explains, for each reason
/// in the baseline and each requirement.
pub fn distinct(results: &Results) -> Vec<Distinct<'_>> {
    let outcomes = fold(results.results());
    let failing: BTreeMap<&str, &CaseOutcome<'_>> = outcomes
        .iter()
        .filter(|case| matches!(case.outcome(), Outcome::Fail | Outcome::Known | Outcome::Warn))
        .filter(|case| case.worst().failure.is_some())
        .map(|case| (case.case(), case))
        .collect();
    let diagnosis = diagnose(results);
    let mut all = Vec::new();
    let mut explained: BTreeSet<&str> = BTreeSet::new();
    for cause in &diagnosis.causes {
        explained.extend(cause.cases.iter().map(String::as_str));
        let best = failing.get(cause.best.as_str());
        if let Some(case) = best.or_else(|| cause.cases.iter().find_map(|case| failing.get(case.as_str()))) {
            all.push(Distinct {
                case: (*case).clone(),
                mistakes: cause.mistakes.clone(),
                cases: cause.cases.clone(),
            });
        }
    }
    let mut others: BTreeMap<(Option<&str>, &[String]), Vec<&CaseOutcome<'_>>> = BTreeMap::new();
    for (id, case) in &failing {
        if !explained.contains(id) {
            let reason = case.known().map(|known| known.reason.as_str());
            let requirements = if reason.is_some() { &[] } else { case.worst().requirements.as_slice() };
            others.entry((reason, requirements)).or_default().push(case);
        }
    }
    for cases in others.into_values() {
        if let Some(case) = cases.first() {
            let cases = cases.iter().map(|case| case.case().to_owned()).collect();
            all.push(Distinct { case: (*case).clone(), mistakes: Vec::new(), cases });
        }
    }
    all
}
