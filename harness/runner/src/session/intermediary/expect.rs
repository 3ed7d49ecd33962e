//! What must be observed next, at the origin or in front.

use std::time::{Duration, Instant};

use ssespec_cases::Step;
use ssespec_cases::intermediary::{Observed, words};

use super::matching::{Verdict, View};
use super::session::Session;
use crate::adapter::processes::Processes;
use crate::adapter::wait::Wait;
use crate::session::deadline::Came;
use crate::session::outcome::{Evidence, Failure, Stop};
use crate::session::patience::{Allowance, Patience};
use crate::session::server::describe;

/// How often it is looked whether a silence is over.
const TICK: Duration = Duration::from_millis(20);

impl Session<'_> {
    pub(super) async fn expect(&mut self, observed: &Observed) -> Result<(), Stop> {
        let began = Instant::now();
        let patience = patience_for(observed, self.patience.now);
        let mut wait = self.wait(patience);
        loop {
            let mut view = View::default();
            match self.look(observed, began, &mut view) {
                Verdict::Holds => {
                    match observed {
                        Observed::Request(_) => self.progress.request_took(began.elapsed()),
                        Observed::NoRequest(_) | Observed::NoCleanEnd(_) => {}
                        _ => self.progress.observation_took(began.elapsed()),
                    }
                    self.commit(view);
                    return Ok(());
                }
                Verdict::Fails(seen) => return Err(self.failed(observed, seen).into()),
                Verdict::Open => {}
            }
            if let Some(time) = silence(observed) {
                self.stage.turn.waits_for(time);
                self.take_in(began + time).await?;
                continue;
            }
            if self.take_in(wait.until()).await? == Came::Nothing && !wait.goes_on() {
                let seen = self.nothing(observed.stream(), patience);
                return Err(self.missed(words::expectation(observed), seen, patience).into());
            }
        }
    }

    /// Begins to wait this long. The time in which the intermediary or the harness got no processor is left out in the last
    /// attempt, since what fails before that is played again.
    pub(super) fn wait(&self, patience: Duration) -> Wait {
        let counts = self.patience.is_final();
        Wait::new(if counts { self.stage.processes() } else { Processes::Unknown }, patience)
    }

    /// A failure that was observed. Delays depend on how busy the machine is: they are measured again.
    fn failed(&self, observed: &Observed, seen: String) -> Failure {
        let failure = self.progress.failure(words::expectation(observed), seen);
        let is_delay = matches!(observed, Observed::Passed(passed) if passed.median.is_some());
        let evidence =
            if is_delay && !self.patience.is_final() { Evidence::ShortSilence } else { failure.evidence };
        Failure { evidence, ..failure }
    }

    /// A failure because something did not come in this time; it is final only in the last attempt.
    pub(super) fn missed(&self, expected: String, seen: String, waited: Duration) -> Failure {
        let full = if self.patience.is_final() { waited } else { waited.max(TICK) * 2 };
        self.progress.silence(expected, seen, Allowance { now: waited, full })
    }

    /// What was observed if nothing decided an expectation in time.
    pub(super) fn nothing(&self, stream: Option<&str>, patience: Duration) -> String {
        let mut words = format!("no match within {}", describe::time(patience));
        let name = stream.unwrap_or(&self.current);
        if let Some(front) = self.named(name).first().and_then(|number| self.fronts.get(*number)) {
            let came = front.stream.queue.iter().take(3).map(describe::seen);
            let head = front.stream.head.as_ref().map(|head| describe::response(head, []));
            let came: Vec<String> = head.into_iter().chain(came).collect();
            words.push_str(&match came.as_slice() {
                [] => "; at the client, nothing".to_owned(),
                came => format!("; at the client, {}", came.join(", ")),
            });
        }
        if let Some(arrival) = self.arrivals.front() {
            let request = crate::session::describe::request(arrival.exchange.request(), Vec::new());
            words.push_str(&format!("; at the origin, {request}"));
        }
        words
    }

    pub(super) async fn expect_one_of(&mut self, alternatives: &[Vec<Step<Observed>>]) -> Result<(), Stop> {
        let began = Instant::now();
        let steps = || alternatives.iter().flatten();
        let each = steps().map(|step| patience_for(&step.kind, self.patience.now));
        let patience = each.max().unwrap_or(self.patience.now.observation);
        let waits = steps().any(|step| silence(&step.kind).is_some());
        let mut wait = self.wait(patience);
        loop {
            let mut fails = Vec::new();
            let mut is_open = false;
            for (number, steps) in alternatives.iter().enumerate() {
                let mut view = View::default();
                match self.look_at_all(steps, began, &mut view) {
                    Verdict::Holds => {
                        self.commit(view);
                        self.progress.alternative = Some((number, words::alternative(steps)));
                        return Ok(());
                    }
                    Verdict::Fails(seen) if !fails.contains(&seen) => fails.push(seen),
                    Verdict::Fails(_) => {}
                    Verdict::Open => is_open = true,
                }
            }
            if !is_open {
                return Err(self
                    .progress
                    .failure(words::alternatives(alternatives), fails.join("; "))
                    .into());
            }
            let until = if waits { wait.until().min(Instant::now() + TICK) } else { wait.until() };
            if self.take_in(until).await? == Came::Nothing && !wait.goes_on() {
                let stream = steps().find_map(|step| step.kind.stream());
                let seen = self.nothing(stream, patience);
                return Err(self.missed(words::alternatives(alternatives), seen, patience).into());
            }
        }
    }
}

fn patience_for(observed: &Observed, patience: Patience) -> Duration {
    let usual = match (silence(observed), observed) {
        (Some(time), _) => time + TICK,
        (None, Observed::Request(_)) => patience.request,
        (None, _) => patience.observation,
    };
    observed.within().unwrap_or(usual)
}

/// For how long something must not be observed, if that is expected.
fn silence(observed: &Observed) -> Option<Duration> {
    match observed {
        Observed::NoRequest(time) => Some(*time),
        Observed::NoCleanEnd(end) => Some(end.time),
        _ => None,
    }
}
