//! How long a script is expected to wait.

use std::time::Duration;

use ssespec_cases::Script;
use ssespec_cases::client::{ClientFact, ClientStep, Expectation};
use ssespec_cases::grammar::Fact;
#[cfg(feature = "intermediary")]
use ssespec_cases::intermediary::{IntermediaryStep, Observed};
#[cfg(feature = "server")]
use ssespec_cases::server::ServerStep;
use ssespec_mock_server::action::Action;

use crate::session::patience::Patience;

/// The reconnection time that most clients use by default.
const USUAL_DELAY: Duration = Duration::from_secs(3);

/// How long a script is expected to wait.
pub(super) fn waits(script: &Script) -> Duration {
    match script {
        Script::Client(steps) => steps.iter().map(|step| client_waits(&step.kind)).sum(),
        #[cfg(feature = "server")]
        Script::Server(steps) => steps.iter().map(|step| server_waits(&step.kind)).sum(),
        #[cfg(feature = "intermediary")]
        Script::Intermediary(steps) => steps.iter().map(|step| intermediary_waits(&step.kind)).sum(),
        _ => Duration::ZERO,
    }
}

#[cfg(feature = "intermediary")]
fn intermediary_waits(step: &IntermediaryStep) -> Duration {
    match step {
        IntermediaryStep::Origin(Action::Wait(time))
        | IntermediaryStep::Expect(Observed::NoRequest(time)) => *time,
        _ => Duration::ZERO,
    }
}

fn client_waits(step: &ClientStep) -> Duration {
    match step {
        ClientStep::Wire(Action::Wait(time) | Action::Refuse(time)) => *time,
        ClientStep::Expect(expected) => awaits(expected),
        ClientStep::OneOf(alternatives) => {
            let each = alternatives.iter().map(|steps| steps.iter().map(|step| awaits(&step.kind)).sum());
            each.max().unwrap_or_default()
        }
        ClientStep::Attempts(attempts) => attempts.time,
        ClientStep::Herd(herd) => herd.within,
        ClientStep::Record(Fact { of: ClientFact::Delay, .. }) => USUAL_DELAY,
        _ => Duration::ZERO,
    }
}

fn awaits(expected: &Expectation) -> Duration {
    match expected {
        Expectation::NoRequest(time) => *time,
        Expectation::Request(request) => match (request.after, request.within) {
            (Some(after), _) => after,
            // A case that allows more time than usual has a reason.
            (None, Some(within)) if within > Patience::default().request => USUAL_DELAY,
            (None, _) => Duration::ZERO,
        },
        _ => Duration::ZERO,
    }
}

#[cfg(feature = "server")]
fn server_waits(step: &ServerStep) -> Duration {
    match step {
        ServerStep::Wait(time) => *time,
        _ => Duration::ZERO,
    }
}
