//! Capabilities that a case uses but does not need, or needs but does not use.

use std::ops::Range;

use ssespec_diagnostics::Findings;

use super::place::place;
use crate::capability::Capability;
use crate::case::{Case, Script};
use crate::{client, intermediary, server};

/// Checks a case's `needs` against its steps.
pub(super) fn check(case: &Case, findings: &mut Findings) {
    let uses = match &case.script {
        Script::Client(steps) => client::lint::uses(steps),
        Script::Server(steps) => server::lint::uses(steps),
        Script::Intermediary(steps) => intermediary::lint::uses(steps),
    };
    missing(case, &uses, findings);
    unused(case, &uses, findings);
}

/// Finds capabilities that steps use and `needs` does not list. Each is reported once, at the first step that uses it.
fn missing(case: &Case, uses: &[(Capability, Range<usize>)], findings: &mut Findings) {
    let mut missing = Vec::new();
    for (capability, place) in uses {
        // In a page, a script may construct another client for each request.
        let is_page = *capability == Capability::Reconnect && case.needs.contains(&Capability::Dom);
        let is_included = capability.included_in().iter().any(|other| case.needs.contains(other));
        if !is_page && !is_included && !case.needs.contains(capability) && !missing.contains(capability) {
            missing.push(*capability);
            let message = format!("this step needs the capability \"{capability}\"");
            let hint = format!("add \"{capability}\" to `needs`");
            findings.add_with_hint(place.clone(), message, "not listed in `needs`", hint);
        }
    }
}

/// Finds capabilities that `needs` lists and no step uses.
fn unused(case: &Case, uses: &[(Capability, Range<usize>)], findings: &mut Findings) {
    let is_about = |capability| match &case.script {
        Script::Client(steps) => client::lint::is_about(steps, capability),
        Script::Server(steps) => server::lint::is_about(steps, capability),
        Script::Intermediary(_) => false,
    };
    for (number, capability) in case.needs.iter().enumerate() {
        let is_used = uses.iter().any(|(used, _)| used == capability);
        let place = || place(case, "needs", Some(number));
        if case.needs[..number].contains(capability) {
            findings.add_with_hint(place(), "a capability is listed twice", "listed before", "remove it");
        } else if let Some(other) = capability.included_in().iter().find(|other| case.needs.contains(other)) {
            let message = format!("the capability \"{other}\" includes \"{capability}\"");
            findings.add_with_hint(place(), message, "not needed", "remove it from `needs`");
        } else if !is_used && !is_about(*capability) {
            let message = format!("no step uses the capability \"{capability}\"");
            let hint = "remove it from `needs`: the case would be skipped unnecessarily";
            findings.add_with_hint(place(), message, "not used", hint);
        }
    }
}
