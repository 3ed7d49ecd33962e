//! Long waits: a run of all cases takes minutes only for users who ask for it.

use std::time::Duration;

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::Action;

use crate::client::step::{ClientStep, Expectation};
use crate::intermediary::step::{IntermediaryStep, Observed};
use crate::step::Step;

/// What the waits of an ordinary case take at most, all together.
const ORDINARY: Duration = Duration::from_secs(30);

/// Finds the step with which an ordinary case waits too long.
pub(super) fn check<S: Waits>(is_soak: bool, steps: &[Step<S>], findings: &mut Findings) {
    let mut waited = Duration::ZERO;
    for step in steps.iter().filter(|_| !is_soak) {
        let before = waited;
        waited += step.kind.waits();
        if before <= ORDINARY && waited > ORDINARY {
            let message =
                "up to this step the case waits for more than 30 seconds, but it is not a soak case";
            let hint =
                "add soak = true: such a case is played only with --soak, at the same time as all others";
            findings.add_with_hint(step.at.span.clone(), message, "expected soak = true in this case", hint);
        }
    }
}

/// A step that may wait.
pub(super) trait Waits {
    /// How long it waits at least.
    fn waits(&self) -> Duration;
}

impl Waits for ClientStep {
    fn waits(&self) -> Duration {
        match self {
            Self::Wire(Action::Wait(time)) | Self::Expect(Expectation::NoRequest(time)) => *time,
            Self::Expect(Expectation::Request(request)) => request.after.unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

impl Waits for IntermediaryStep {
    fn waits(&self) -> Duration {
        match self {
            Self::Origin(Action::Wait(time)) | Self::Expect(Observed::NoRequest(time)) => *time,
            _ => Duration::ZERO,
        }
    }
}
