//! Spans of work that are measured: each is judged, against another, and with nothing beside it.

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::Action;

use crate::Case;
use crate::case::{Expectation, Step, StepKind};

/// Looks at what a case measures.
pub(super) fn check(case: &Case, findings: &mut Findings) {
    let refuses = case.steps.iter().any(|step| matches!(step.kind, StepKind::Wire(Action::Refuse(_))));
    let measures = |step: &&Step| match step.kind {
        StepKind::Measure(_) | StepKind::Growth(_) => true,
        // What is refused is counted by the system, for all that run.
        StepKind::Expect(Expectation::Attempts(_)) => refuses,
        _ => false,
    };
    if !case.alone
        && let Some(step) = case.steps.iter().find(measures)
    {
        let hint = "add alone = true: what runs beside this case would be measured as well";
        let message = "this step measures, and the case is not alone";
        findings.add_with_hint(step.span.clone(), message, "expected alone = true in this case", hint);
    }
    let mut spans: Vec<&Step> = Vec::new();
    for step in &case.steps {
        match step.kind {
            StepKind::Measure(_) => spans.push(step),
            StepKind::Growth(_) => {
                if spans.len() < 2 {
                    let hint = "begin each span with { measure = 1 }, { measure = 2 } and so on";
                    let message = "growth shows only from one span of work to another";
                    let label = "expected two spans or more before this";
                    findings.add_with_hint(step.span.clone(), message, label, hint);
                }
                spans.clear();
            }
            _ => {}
        }
    }
    if let Some(step) = spans.first() {
        let hint = "judge the spans with { expect-growth = { time = \"linear\" } }, or take this out";
        let message = "nothing judges what is measured here";
        findings.add_with_hint(step.span.clone(), message, "expected `expect-growth` after it", hint);
    }
}
