//! How long a script is expected to wait.

use std::time::Duration;

use ssespec_cases::Script;
use ssespec_cases::client::{ClientFact, ClientStep, Expectation, Streams};
use ssespec_cases::grammar::Fact;
#[cfg(feature = "intermediary")]
use ssespec_cases::intermediary::{IntermediaryStep, Observed};
#[cfg(feature = "server")]
use ssespec_cases::server::ServerStep;
use ssespec_mock_server::action::{Action, BodyKind};

use crate::session::patience::Patience;

/// The reconnection time that most clients use by default.
const USUAL_DELAY: Duration = Duration::from_secs(3);

/// The longest delay that a client is expected to keep while something waits for its request.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// How long a script is expected to wait.
pub(super) fn waits(script: &Script) -> Duration {
    match script {
        Script::Client(steps) => {
            let mut client = Client::default();
            steps.iter().map(|step| client.waits(&step.kind)).sum()
        }
        #[cfg(feature = "server")]
        Script::Server(steps) => steps.iter().map(|step| server_waits(&step.kind)).sum(),
        #[cfg(feature = "intermediary")]
        Script::Intermediary(steps) => steps.iter().map(|step| intermediary_waits(&step.kind)).sum(),
        _ => Duration::ZERO,
    }
}

/// How long a client waits at most before a request that the script awaits without saying when it must come.
#[cfg(feature = "command")]
pub(super) fn longest_delay(script: &Script) -> Duration {
    let Script::Client(steps) = script else { return Duration::ZERO };
    let mut client = Client::default();
    let mut longest = Duration::ZERO;
    for step in steps {
        let waits = client.waits(&step.kind);
        if let ClientStep::Expect(Expectation::Request(request)) = &step.kind
            && request.after.is_none()
        {
            longest = longest.max(waits);
        }
    }
    longest
}

#[cfg(feature = "intermediary")]
fn intermediary_waits(step: &IntermediaryStep) -> Duration {
    match step {
        IntermediaryStep::Origin(Action::Wait(time))
        | IntermediaryStep::Expect(Observed::NoRequest(time)) => *time,
        _ => Duration::ZERO,
    }
}

/// What is known of a client at a step of its script.
#[derive(Debug, Clone, Copy)]
struct Client {
    /// How long it waits before it reconnects.
    delay: Duration,
    /// Whether it is about to reconnect.
    reconnects: bool,
}

impl Default for Client {
    fn default() -> Self {
        Self { delay: USUAL_DELAY, reconnects: false }
    }
}

impl Client {
    fn waits(&mut self, step: &ClientStep) -> Duration {
        match step {
            ClientStep::Wire(action) => {
                self.sees(action);
                match action {
                    Action::Wait(time) | Action::Refuse(time) => *time,
                    _ => Duration::ZERO,
                }
            }
            ClientStep::Expect(expected) => self.awaits(expected),
            ClientStep::OneOf(alternatives) => {
                let before = *self;
                let each = alternatives.iter().map(|steps| {
                    *self = before;
                    steps.iter().map(|step| self.awaits(&step.kind)).sum()
                });
                each.max().unwrap_or_default()
            }
            ClientStep::Attempts(attempts) => attempts.time,
            ClientStep::Herd(herd) => herd.within,
            ClientStep::Streams(Streams::Try { within, .. }) => *within,
            ClientStep::Record(Fact { of: ClientFact::Delay, .. }) => self.delay,
            _ => Duration::ZERO,
        }
    }

    fn sees(&mut self, action: &Action) {
        let sent = match action {
            Action::Send(bytes) | Action::Raw(bytes) => bytes.as_slice(),
            Action::Respond(respond) => {
                self.reconnects |= respond.body_kind() == BodyKind::Complete;
                respond.body.as_deref().unwrap_or_default()
            }
            action if action.is_end() => {
                self.reconnects = true;
                return;
            }
            _ => return,
        };
        if let Some(milliseconds) = last_retry(sent) {
            self.delay = Duration::from_millis(milliseconds).min(LONGEST_DELAY);
        }
    }

    fn awaits(&mut self, expected: &Expectation) -> Duration {
        match expected {
            Expectation::NoRequest(time) => *time,
            Expectation::Request(request) => {
                let delay = if std::mem::take(&mut self.reconnects) { self.delay } else { Duration::ZERO };
                match (request.after, request.within) {
                    (Some(after), _) => after,
                    // A case that allows more time than usual has a reason.
                    (None, Some(within)) if within > Patience::default().request => delay.max(USUAL_DELAY),
                    (None, Some(within)) => delay.min(within),
                    (None, None) => delay,
                }
            }
            _ => Duration::ZERO,
        }
    }
}

/// The reconnection time that a piece of a stream sets, as far as a glance tells.
fn last_retry(bytes: &[u8]) -> Option<u64> {
    let lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    let values = lines.filter_map(|line| line.strip_prefix(b"retry:"));
    values.filter_map(|value| std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()).next_back()
}

#[cfg(feature = "server")]
fn server_waits(step: &ServerStep) -> Duration {
    match step {
        ServerStep::Wait(time) => *time,
        _ => Duration::ZERO,
    }
}
