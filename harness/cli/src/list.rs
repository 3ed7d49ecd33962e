//! What `--list` prints: the selected cases or checks, one per line.

use std::collections::BTreeMap;

use ssespec::run::{Plan, Selection};
use ssespec_cases::{Capability, Corpus};
use ssespec_probe::Probe;
use ssespec_reports::results::Role;

use crate::error::CommandError;
use crate::options::selection::nothing_selected;

/// The selected cases for an implementation of this role, whatever its capabilities.
///
/// # Errors
/// If no case is selected.
pub(crate) fn cases(role: Role, corpus: &Corpus, selection: &Selection) -> Result<String, CommandError> {
    let all = Capability::ALL.iter().copied().collect();
    let plan = Plan::of_role(role, corpus, selection, &all);
    if plan.is_empty() {
        return Err(nothing_selected(role, corpus, selection));
    }
    let trials = plan.trials.iter().chain(plan.skipped.iter().map(|skipped| &skipped.trial));
    let entries: BTreeMap<&str, String> = trials
        .map(|trial| (trial.case.id.as_str(), format!("{:<6} {}", trial.level.word(), trial.case.title)))
        .collect();
    Ok(aligned(&entries.into_iter().collect::<Vec<_>>()))
}

/// The selected checks of a probe.
///
/// # Errors
/// If no check is selected.
pub(crate) fn checks(probe: &Probe) -> Result<String, CommandError> {
    if probe.is_empty() {
        return Err(ssespec_probe::ProbeError::NothingSelected.into());
    }
    let checks = probe.checks();
    let text = checks.iter().map(|(check, requirement)| {
        let needs: String = check.needs.iter().map(|need| format!(" ({})", need.note())).collect();
        (check.id(), format!("{:<6} {}{needs}", requirement.judged().word(), check.title))
    });
    let text: Vec<(String, String)> = text.map(|(id, text)| (id.to_string(), text)).collect();
    Ok(aligned(&text.iter().map(|(id, text)| (id.as_str(), text.clone())).collect::<Vec<_>>()))
}

fn aligned(entries: &[(&str, String)]) -> String {
    let width = entries.iter().map(|(id, _)| id.len()).max().unwrap_or_default();
    entries.iter().map(|(id, text)| format!("{id:<width$}  {text}\n")).collect()
}
