//! The state of a script, for sessions of every role.

use std::time::{Duration, Instant};

use ssespec_cases::grammar::Growth;
use ssespec_cases::grammar::measure::words as growth_in_words;
use ssespec_reports::results::Fact;

use super::gauge::Gauge;
use super::outcome::{EndedBy, Evidence, Failure, Outcome, Stop};
use super::patience::{Allowance, Patience};
use super::transcript::Transcript;
use crate::adapter::fault::Fault;
use crate::adapter::processes::Processes;

/// The state of a script that is being played.
pub(super) struct Progress {
    /// The record of the session.
    pub(super) transcript: Transcript,
    /// The step that is being played, from 0; `None` where it is implied.
    pub(super) step: Option<usize>,
    /// The facts that were recorded.
    pub(super) facts: Vec<Fact>,
    /// The alternative that the last `expect-one-of` took: its number, and in words.
    pub(super) alternative: Option<(usize, String)>,
    /// What measures, from the first `measure` to `expect-growth`.
    pub(super) gauge: Option<Gauge>,
    /// Whether anything came from the adapter or its implementation.
    pub(super) alive: bool,
    /// What the case asks for and cannot be judged here.
    pub(super) not_judged: Option<String>,
    /// What the script failed with before the adapter broke the protocol.
    pub(super) failed_before: Option<Failure>,
    /// Why the adapter is unusable since the session was torn down.
    pub(super) teardown: Option<Fault>,
    /// Whether something came that named no session: a malformed request, or no TLS where it is spoken.
    pub(super) unattributed: bool,
    /// The longest that the implementation needed for an observation and a request that came.
    pub(super) needed: Patience,
    /// Whether the adapter has ended, as the case or the harness wanted it.
    pub(super) cut_short: bool,
    /// The step that took longest, and how long.
    pub(super) longest_step: Option<(Option<usize>, Duration)>,
}

impl Progress {
    pub(super) fn new(transcript: Transcript) -> Self {
        Self {
            transcript,
            step: None,
            facts: Vec::new(),
            alternative: None,
            gauge: None,
            alive: false,
            not_judged: None,
            failed_before: None,
            teardown: None,
            unattributed: false,
            needed: Patience { observation: Duration::ZERO, request: Duration::ZERO },
            cut_short: false,
            longest_step: None,
        }
    }

    /// The outcome of a session that began at this time.
    pub(super) fn into_outcome(self, held: Result<(), Stop>, ended_by: EndedBy, began: Instant) -> Outcome {
        Outcome {
            held,
            facts: self.facts,
            ended_by,
            failed_before: self.failed_before,
            teardown: self.teardown,
            needed: self.needed,
            alive: self.alive,
            not_judged: self.not_judged,
            cut_short: self.cut_short,
            transcript: self.transcript.rows(),
            began,
            duration: began.elapsed(),
            longest_step: self.longest_step,
        }
    }

    /// A failure of the current step.
    pub(super) fn failure(&self, expected: impl Into<String>, observed: impl Into<String>) -> Failure {
        let evidence = if self.unattributed { Evidence::Unattributed } else { Evidence::Observed };
        Failure {
            step: self.step,
            expected: expected.into(),
            observed: observed.into(),
            hint: None,
            evidence,
        }
    }

    /// A failure of the current step because nothing came in this time; `full` is the time that it is given.
    pub(super) fn silence(
        &self,
        expected: impl Into<String>,
        observed: impl Into<String>,
        Allowance { now: waited, full }: Allowance,
    ) -> Failure {
        let evidence = if waited < full { Evidence::ShortSilence } else { Evidence::Silence };
        Failure { evidence, ..self.failure(expected, observed) }
    }

    /// Notes how long the current step took.
    pub(super) fn step_took(&mut self, time: Duration) {
        if self.longest_step.is_none_or(|(_, longest)| longest < time) {
            self.longest_step = Some((self.step, time));
        }
    }

    /// Notes how long an observation took to come.
    pub(super) fn observation_took(&mut self, time: Duration) {
        self.needed.observation = self.needed.observation.max(time);
    }

    /// Notes how long a request took to come.
    pub(super) fn request_took(&mut self, time: Duration) {
        self.needed.request = self.needed.request.max(time);
    }

    /// A fault of the adapter at the current step.
    pub(super) fn fault(&self, fault: Fault) -> Stop {
        Stop::Fault { fault, step: self.step }
    }

    /// Records a fact; `None` stands for what was not seen.
    pub(super) fn record(&mut self, fact: &str, value: Option<String>) {
        self.facts.push(Fact { fact: fact.into(), value: value.unwrap_or_else(|| "not seen".into()) });
    }

    /// The alternative that the last `expect-one-of` took, by the case's name for it, or in words.
    pub(super) fn alternative(&self, names: &[String]) -> Option<String> {
        self.alternative.as_ref().map(|(number, words)| names.get(*number).unwrap_or(words).clone())
    }

    /// Ends the running span of work and begins one of this amount. `expected` is what the script expects of the spans.
    pub(super) fn measure(&mut self, work: u64, expected: Growth, processes: Processes) {
        self.end_span();
        if self.gauge.is_none() {
            let (gauge, not_judged) = Gauge::of(expected, processes);
            self.not_judged = self.not_judged.take().or(not_judged);
            self.gauge = Some(gauge);
        }
        if let Some(gauge) = &self.gauge {
            gauge.begin(work);
        }
    }

    /// Ends the running span of work, and returns whether those so far make more of them unnecessary.
    pub(super) fn needs_no_more_spans(&mut self) -> bool {
        self.end_span();
        self.gauge.as_ref().is_some_and(Gauge::is_flat)
    }

    /// Judges the spans of work so far.
    pub(super) fn judge_growth(&mut self, expected: Growth) -> Result<(), Failure> {
        self.end_span();
        match self.gauge.take().and_then(|gauge| gauge.excess()) {
            Some(observed) => Err(self.failure(growth_in_words(expected), observed)),
            None => Ok(()),
        }
    }

    /// The failure of a span of work that was cut short, at the step that would have judged it.
    pub(super) fn overgrown(&mut self, expected: Growth, step: Option<usize>) -> Failure {
        self.step = step;
        self.cut_short = true;
        match self.judge_growth(expected) {
            Err(failure) => failure,
            Ok(()) => self.failure(growth_in_words(expected), "more"),
        }
    }

    fn end_span(&mut self) {
        if let Some(took) = self.gauge.as_ref().and_then(Gauge::ends) {
            tracing::debug!("{took}");
            self.transcript.harness("measured", took);
        }
    }

    /// The result of a session, given how its script and its teardown ended. A teardown that fails is not the verdict of
    /// a script about something else: only a script that tells the implementation to close judges it.
    pub(super) fn conclude(
        &mut self,
        script: Result<(), Stop>,
        teardown: Result<(), Stop>,
        judges_teardown: bool,
    ) -> Result<(), Stop> {
        match (script, teardown) {
            (Ok(()), Err(Stop::Fault { fault, step })) if judges_teardown || !fault.is_of_teardown() => {
                Err(Stop::Fault { fault, step })
            }
            // What such an adapter shows, or does not show, says nothing about its implementation.
            (Err(Stop::Failure(failure)), Err(Stop::Fault { fault, step })) if !fault.may_be_of_client() => {
                self.failed_before = Some(failure);
                Err(Stop::Fault { fault, step })
            }
            (script, Err(Stop::Fault { fault, .. })) => {
                self.teardown = Some(fault);
                script
            }
            (Ok(()), teardown) => teardown,
            (script, _) => script,
        }
    }
}
