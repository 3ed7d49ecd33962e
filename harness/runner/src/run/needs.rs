//! What an implementation has needed so far, and the patience of a first attempt that follows from it.
//!
//! A first attempt waits a multiple of what this implementation has needed under this load. What fails because nothing
//! came in that time is played again, after all others have begun, with the full patience, so that no verdict rests on a shorter
//! one: a broken client costs the full patience once, not once for each of its failures.

use std::time::Duration;

use crate::session::outcome::Close;
use crate::session::patience::{AttemptPatience, Patience};

/// How many sessions a first guess is used for.
const GUESSED: usize = 16;

/// The patience until enough is known: longer than the reconnection time of most clients, 3 s.
const GUESS: Patience = Patience { observation: Duration::from_secs(2), request: Duration::from_secs(5) };

/// The least patience: many times what a client on an idle machine needs.
const LEAST: Patience =
    Patience { observation: Duration::from_millis(500), request: Duration::from_millis(500) };

/// How many times as long as the slowest so far an observation may take. Requests wait for delays that the client has
/// chosen, so these vary less.
const OBSERVATIONS: u32 = 8;
const REQUESTS: u32 = 2;

/// After how many sessions in a row without an answer to `close` the next is given less time for it.
const IGNORED: usize = 4;

/// How long `closed` is awaited then: an adapter that can close a session does it immediately.
const CLOSED: Duration = Duration::from_millis(500);

/// What an implementation has needed so far.
#[derive(Debug)]
pub(super) struct Needs {
    sessions: usize,
    longest: Patience,
    /// How many sessions in a row were without an answer to `close`.
    ignored: usize,
}

impl Needs {
    /// What is known after the smoke check.
    pub(super) fn new(close: Close) -> Self {
        let longest = Patience { observation: Duration::ZERO, request: Duration::ZERO };
        Self { sessions: 0, longest, ignored: if close == Close::Ignored { IGNORED } else { 0 } }
    }

    /// Takes in what a session needed.
    pub(super) fn learn(&mut self, needed: Patience, close: Close) {
        self.sessions += 1;
        match close {
            Close::Answered => self.ignored = 0,
            Close::Ignored => self.ignored += 1,
            Close::NotSent => {}
        }
        self.longest = self.longest.at_least(needed);
    }

    /// The patience of an attempt that is the last one.
    pub(super) fn final_attempt(&self, full: Patience) -> AttemptPatience {
        AttemptPatience { closed: self.closed(full), ..AttemptPatience::final_with(full) }
    }

    /// How long `closed` is awaited. What a client that cannot be closed leaves behind is noted and fails nothing, so it
    /// need not cost the full patience in each of its sessions.
    fn closed(&self, full: Patience) -> Duration {
        if self.ignored < IGNORED { full.observation } else { full.observation.min(CLOSED) }
    }

    /// The patience of a first attempt. `waiting_is_free` is whether a session that waits keeps no other from beginning:
    /// then there is no reason to be quick. `delay` is how long a right client waits before a request that the script
    /// awaits.
    pub(super) fn first_attempt(
        &self,
        full: Patience,
        waiting_is_free: bool,
        delay: Duration,
    ) -> AttemptPatience {
        let longest = self.longest.at_least(Patience { observation: Duration::ZERO, request: delay });
        let learned = Patience {
            observation: longest.observation.saturating_mul(OBSERVATIONS),
            request: longest.request.saturating_mul(REQUESTS),
        };
        let least = if self.sessions < GUESSED || waiting_is_free { GUESS } else { LEAST };
        AttemptPatience { now: learned.at_least(least).at_most(full), full, closed: self.closed(full) }
    }
}

#[cfg(test)]
mod tests;
