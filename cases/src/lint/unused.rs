//! Capabilities that a case asks for and does not use: it would be skipped for nothing.

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::Action;

use super::{place, uses};
use crate::case::{Expectation, ReadyState, StepKind};
use crate::script::{expand, may_be_request};
use crate::{Capability, Case, serving};

/// Whether the case uses each capability that it asks for.
pub(super) fn check(case: &Case, findings: &mut Findings) {
    let uses = uses(case);
    for (number, capability) in case.needs.iter().enumerate() {
        let is_used = uses.iter().any(|(used, _)| used == capability);
        let place = || place(case, "needs", Some(number));
        if case.needs[..number].contains(capability) {
            findings.add_with_hint(place(), "a capability is named twice", "named before", "take it out");
        } else if !is_used && !is_about(case, *capability) {
            let message = format!("no step uses the capability \"{capability}\"");
            let hint =
                "take it out of `needs`: a case that asks for more than it uses is skipped for nothing";
            findings.add_with_hint(place(), message, "not used", hint);
        }
    }
}

/// Whether a case may need a capability that no step uses as such.
fn is_about(case: &Case, capability: Capability) -> bool {
    if case.role() == "server" {
        return serving::lint::is_about(case, capability);
    }
    match capability {
        // What a browser alone does is often seen by the server alone.
        Capability::Dom => true,
        // Two of these say something of a client that would connect again, although another one could show the same.
        Capability::Reconnect => {
            expand(case).iter().filter(|played| may_tell_of_another_request(&played.kind)).count() > 1
        }
        _ => false,
    }
}

/// A request that may come, silence where one could, the state while one is pending, and a port where none gets through.
fn may_tell_of_another_request(kind: &StepKind) -> bool {
    match kind {
        StepKind::Wire(Action::Refuse(_)) | StepKind::Expect(Expectation::NoRequest(_)) => true,
        StepKind::Expect(Expectation::Error { state }) => *state == Some(ReadyState::Connecting),
        StepKind::Expect(expected) => may_be_request(expected),
        _ => false,
    }
}
