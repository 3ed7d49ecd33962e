//! Steps that require an isolated case.

use ssespec_diagnostics::Findings;

use crate::case::{Case, Script};
use crate::client::lint::counts_for_all;
use crate::intermediary::step::IntermediaryStep;
use crate::server::lint::shuts_down;
use crate::step::{Location, ScriptStep, Step};

/// Finds such steps in a case that is not isolated.
pub(super) fn check(case: &Case, findings: &mut Findings) {
    if case.isolated {
        return;
    }
    let (shuts_down, measures) = match &case.script {
        Script::Client(steps) => (None, first(measuring(steps), counts_for_all(steps).map(|step| &step.at))),
        Script::Intermediary(steps) => {
            reloads(steps, findings);
            (None, None)
        }
        Script::Server(steps) => (shuts_down(steps).map(|step| &step.at), measuring(steps)),
    };
    let label = "expected isolated = true in this case";
    if let Some(at) = shuts_down {
        let hint = "add isolated = true: the server serves nothing after this step";
        let message = "this step shuts the server down, but the case is not isolated";
        findings.add_with_hint(at.span.clone(), message, label, hint);
    }
    if let Some(at) = measures {
        let hint = "add isolated = true: otherwise, cases running at the same time are measured too";
        let message = "this step measures, but the case is not isolated";
        findings.add_with_hint(at.span.clone(), message, label, hint);
    }
}

fn reloads(steps: &[Step<IntermediaryStep>], findings: &mut Findings) {
    for step in steps.iter().filter(|step| matches!(step.kind, IntermediaryStep::Reload)) {
        let hint = "add isolated = true: a reload may end the streams of all cases";
        let message = "this step reloads the intermediary, but the case is not isolated";
        findings.add_with_hint(step.at.span.clone(), message, "expected isolated = true in this case", hint);
    }
}

fn measuring<S: ScriptStep>(script: &[Step<S>]) -> Option<&Location> {
    script.iter().find(|step| step.kind.measurement().is_some()).map(|step| &step.at)
}

/// The earlier of two locations.
fn first<'a>(one: Option<&'a Location>, other: Option<&'a Location>) -> Option<&'a Location> {
    one.into_iter().chain(other).min_by_key(|at| at.span.start)
}
