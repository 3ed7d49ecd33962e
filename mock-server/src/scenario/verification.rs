//! Whether what a scenario expects has come.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::route::Route;

#[cfg(test)]
mod tests;

/// How many failures and requests are kept.
const KEPT: usize = 50;

/// Follows the scripts of a server.
#[derive(Debug)]
pub(super) struct Judge {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    scripts: Vec<Vec<ScriptState>>,
    failures: Vec<String>,
    /// How many more failures there were.
    omitted: usize,
    /// The last requests.
    requests: VecDeque<String>,
}

#[derive(Debug)]
struct ScriptState {
    name: String,
    /// What it expects, in words.
    expectations: Vec<String>,
    progress: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Idle,
    Running,
    /// What it expects has come, or has failed to come.
    Verified,
    Finished,
}

/// What a server has verified so far. Displays as the reasons why it failed, one per line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// What came, but not as expected.
    pub failures: Vec<String>,
    /// What was expected and has not come.
    pub missing: Vec<String>,
    /// The last requests, in words.
    pub requests: Vec<String>,
}

impl Verification {
    /// Whether everything that was expected has come.
    pub fn is_met(&self) -> bool {
        self.failures.is_empty() && self.missing.is_empty()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.failures.iter().chain(&self.missing) {
            writeln!(f, "{line}")?;
        }
        if self.requests.is_empty() {
            return f.write_str("no request came");
        }
        write!(f, "the requests that came:")?;
        self.requests.iter().try_for_each(|request| write!(f, "\n  {request}"))
    }
}

impl Judge {
    pub(super) fn new(routes: &[Route]) -> Self {
        let judge = Self { state: Mutex::default(), changed: watch::Sender::new(()) };
        judge.reset(routes);
        judge
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins again, with these routes.
    pub(super) fn reset(&self, routes: &[Route]) {
        let script = |route: &Route, number: usize| ScriptState {
            name: format!("connection {} of {}", number + 1, route.words()),
            expectations: route.connections[number].iter().filter_map(|step| step.expectation()).collect(),
            progress: Progress::Idle,
        };
        let of_route =
            |route: &Route| (0..route.connections.len()).map(|number| script(route, number)).collect();
        *self.state() = State { scripts: routes.iter().map(of_route).collect(), ..State::default() };
        self.changed.send_replace(());
    }

    /// A request came.
    pub(super) fn request(&self, words: String) {
        let mut state = self.state();
        if state.requests.len() == KEPT {
            state.requests.pop_front();
        }
        state.requests.push_back(words);
    }

    /// A script begins.
    pub(super) fn begins(&self, route: usize, script: usize) {
        self.set(route, script, Progress::Running);
    }

    /// The last expectation of a script was judged.
    pub(super) fn verified(&self, route: usize, script: usize) {
        self.set(route, script, Progress::Verified);
    }

    /// A script is over.
    pub(super) fn finishes(&self, route: usize, script: usize) {
        self.set(route, script, Progress::Finished);
        self.changed.send_replace(());
    }

    fn set(&self, route: usize, script: usize, progress: Progress) {
        let mut state = self.state();
        if let Some(script) = state.scripts.get_mut(route).and_then(|scripts| scripts.get_mut(script))
            && script.progress < progress
        {
            script.progress = progress;
        }
    }

    /// Something came that was not expected, or did not come.
    pub(super) fn fails(&self, failure: String) {
        let mut state = self.state();
        if state.failures.len() < KEPT {
            state.failures.push(failure)
        } else {
            state.omitted += 1
        }
        drop(state);
        self.changed.send_replace(());
    }

    /// What was verified so far.
    pub(super) fn verification(&self) -> Verification {
        let state = self.state();
        let mut failures = state.failures.clone();
        failures.extend((state.omitted > 0).then(|| format!("and {} more failures", state.omitted)));
        let open =
            |script: &&ScriptState| !script.expectations.is_empty() && script.progress < Progress::Verified;
        let missing = state.scripts.iter().flatten().filter(open).map(|script| {
            let what = script.expectations.join("; ");
            match script.progress {
                Progress::Running => format!("{} has not finished; it expects {what}", script.name),
                _ => format!("{} was never requested; it expects {what}", script.name),
            }
        });
        let missing = missing.collect();
        Verification { failures, missing, requests: state.requests.iter().cloned().collect() }
    }

    /// Waits until something has failed, or until every script that expects something is over. If no script expects
    /// anything, all must be over.
    pub(super) async fn done(&self) {
        let mut changed = self.changed.subscribe();
        while !self.is_done() {
            // The sender is `self.changed`, so it still exists.
            let _ = changed.changed().await;
        }
    }

    fn is_done(&self) -> bool {
        let state = self.state();
        let all = || state.scripts.iter().flatten();
        let expecting = all().any(|script| !script.expectations.is_empty());
        let over = all()
            .filter(|script| !expecting || !script.expectations.is_empty())
            .all(|script| script.progress == Progress::Finished);
        !state.failures.is_empty() || over
    }
}
