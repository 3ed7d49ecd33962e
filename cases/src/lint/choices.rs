//! Facts about alternatives: each `record` of one follows its `expect-one-of`, and names all alternatives or none.

use ssespec_diagnostics::Findings;

use crate::step::{ScriptStep, Step};

/// Checks the facts about alternatives in a script.
pub(super) fn check<S: ScriptStep>(script: &[Step<S>], findings: &mut Findings) {
    let mut alternatives = 0;
    for step in script {
        alternatives = step.kind.alternatives().unwrap_or(alternatives);
        let Some(names) = step.kind.recorded_alternatives() else { continue };
        let place = step.at.span.clone();
        if alternatives == 0 {
            let message = "this records an alternative, but no alternative has been taken";
            let hint = "put it after its `expect-one-of`";
            findings.add_with_hint(place, message, "expected an `expect-one-of` before this", hint);
        } else if !names.is_empty() && names.len() != alternatives {
            let message = "`as` must name each alternative";
            let label = format!("{} for {alternatives} alternatives", counted(names.len()));
            let hint = "write one name for each alternative of the last `expect-one-of`, in order";
            findings.add_with_hint(place, message, label, hint);
        }
    }
}

fn counted(names: usize) -> String {
    if names == 1 { "1 name".into() } else { format!("{names} names") }
}
