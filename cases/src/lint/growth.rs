//! Measured spans of work: each is judged, and compared with another one.

use ssespec_diagnostics::Findings;

use crate::grammar::measure::Measurement;
use crate::step::{ScriptStep, Step};

/// Checks what a script measures.
pub(super) fn check<S: ScriptStep>(script: &[Step<S>], findings: &mut Findings) {
    let mut spans: Vec<&Step<S>> = Vec::new();
    for step in script {
        match step.kind.measurement() {
            Some(Measurement::Span(_)) => spans.push(step),
            Some(Measurement::Judge(_)) => {
                if spans.len() < 2 {
                    let hint = "begin each span with { measure = 1 }, { measure = 2 } and so on";
                    let message = "growth is only visible between spans of work";
                    let label = "expected at least two spans before this";
                    findings.add_with_hint(step.at.span.clone(), message, label, hint);
                }
                spans.clear();
            }
            None => {}
        }
    }
    if let Some(step) = spans.first() {
        let hint = "judge the spans with { expect-growth = { time = \"linear\" } }, or remove this step";
        let message = "nothing judges what is measured here";
        findings.add_with_hint(step.at.span.clone(), message, "expected `expect-growth` after it", hint);
    }
}
