//! Facts of alternatives: each `record` of one follows the `expect-one-of` that it tells of, and names all of its
//! alternatives or none.

use ssespec_diagnostics::Findings;

use crate::Case;
use crate::case::{Expectation, Fact, FactSource, StepKind};
use crate::serving::{Expected, Serving};

/// Looks at the facts of a case.
pub(super) fn check(case: &Case, findings: &mut Findings) {
    let mut alternatives = 0;
    for step in &case.steps {
        match &step.kind {
            StepKind::Expect(Expectation::OneOf(list))
            | StepKind::Serving(Serving::Expect(Expected::OneOf(list))) => alternatives = list.len(),
            StepKind::Record(Fact { of: FactSource::Delay | FactSource::Target, .. })
                if case.role() == "server" =>
            {
                let hint =
                    "record a header of the last response, or the alternative of the last `expect-one-of`";
                let message = "a server case has neither a delay nor a target to record";
                findings.add_with_hint(step.span.clone(), message, "expected header or alternative", hint);
            }
            StepKind::Record(fact) => {
                let FactSource::Alternative { names } = &fact.of else { continue };
                if alternatives == 0 {
                    let message = "this records an alternative, and none has been taken";
                    let hint = "put it after the `expect-one-of` that it tells of";
                    findings.add_with_hint(
                        step.span.clone(),
                        message,
                        "expected an `expect-one-of` before",
                        hint,
                    );
                } else if !names.is_empty() && names.len() != alternatives {
                    let message = "`as` does not name each alternative";
                    let label = format!("{} for {alternatives} alternatives", counted(names.len()));
                    let hint =
                        "write one name for each alternative of the last `expect-one-of`, in their order";
                    findings.add_with_hint(step.span.clone(), message, label, hint);
                }
            }
            _ => {}
        }
    }
}

fn counted(names: usize) -> String {
    if names == 1 { "1 name".into() } else { format!("{names} names") }
}
