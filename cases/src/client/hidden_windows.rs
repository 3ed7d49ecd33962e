//! Windows of time in which nothing can be seen, because a client waits that long anyway.
//!
//! A client may wait longer than `retry` says, and without a `retry` it waits its own default. A case that watches for a
//! request that must not come, or must not come earlier, proves nothing about a client that waits longer than it watches.

use std::time::Duration;

use ssespec_diagnostics::Findings;
use ssespec_mock_server::action::Action;

use super::implied::expand;
use super::step::{ClientStep, Expectation};
use crate::step::Step;

/// The longest delay below which a known client never goes, whatever `retry` says: that of Firefox,
/// <https://searchfox.org/mozilla-central/search?q=MIN_RECONNECTION_TIME_VALUE>.
const LONGEST_MINIMUM: Duration = Duration::from_millis(500);

/// How long a case must watch so that a request after that delay is seen on a busy machine too.
const SHORTEST_SILENCE: Duration = Duration::from_millis(700);

/// How long a case must watch where no `retry` was sent: longer than the default of any known client, which is 5 s.
const SHORTEST_SILENCE_WITHOUT_RETRY: Duration = Duration::from_secs(6);

/// Finds windows that are too short to show anything.
pub(crate) fn check(script: &[Step<ClientStep>], findings: &mut Findings) {
    let mut seen = Seen::default();
    for played in expand(script) {
        let Some(number) = played.written else { continue };
        let mut report = |message: &str, hint: &str| {
            let label = "the case cannot fail because of a request that comes after this delay";
            findings.add_with_hint(script[number].at.span.clone(), message, label, hint);
        };
        for expected in played.kind.expectations() {
            match expected {
                Expectation::Request(request)
                    if request.after.is_some_and(|after| after <= LONGEST_MINIMUM) =>
                {
                    let hint = "send a longer retry, and write an `after` of more than 500 ms";
                    report("some clients wait 500 ms before they reconnect, whatever retry says", hint);
                }
                Expectation::NoRequest(time) if *time < SHORTEST_SILENCE => {
                    let hint = "write at least 700 ms, after a short retry";
                    report("some clients wait 500 ms before they reconnect, whatever retry says", hint);
                }
                _ => {}
            }
        }
        let silence = match &played.kind {
            ClientStep::Expect(Expectation::NoRequest(time)) => Some(*time),
            ClientStep::Attempts(attempts) if seen.stream => Some(attempts.time),
            _ => None,
        };
        if silence.is_some_and(|time| time < SHORTEST_SILENCE_WITHOUT_RETRY) && seen.hides() {
            let hint = "send a short retry with the stream, or write 6 s";
            report("without a retry, some clients wait 5 s before they reconnect", hint);
        }
        seen.add(&played.kind);
    }
}

/// What a script has done until a step.
#[derive(Debug, Default)]
struct Seen {
    /// Whether it has sent part of a body.
    stream: bool,
    retry: bool,
    /// Whether the client has stopped, or scripts of the case say when it does.
    stopped: bool,
}

impl Seen {
    /// Whether a client may reconnect after nothing but its default delay.
    fn hides(&self) -> bool {
        !self.retry && !self.stopped
    }

    fn add(&mut self, step: &ClientStep) {
        match step {
            ClientStep::Wire(action) => {
                let sent = match action {
                    Action::Send(bytes) | Action::Raw(bytes) => bytes.as_slice(),
                    Action::SendRepeat(repeat) => repeat.pattern.as_slice(),
                    Action::Respond(respond) => respond.body.as_deref().unwrap_or_default(),
                    _ => return,
                };
                self.stream |= !sent.is_empty();
                self.retry |= sent.windows(5).any(|name| name == b"retry");
            }
            ClientStep::Close | ClientStep::Enter(_) | ClientStep::Expect(Expectation::Closed) => {
                self.stopped = true;
            }
            _ => {}
        }
    }
}
