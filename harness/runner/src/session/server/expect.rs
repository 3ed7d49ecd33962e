//! What must be observed next: waits until what has come says whether it was.

use std::time::{Duration, Instant};

use ssespec_cases::Step;
use ssespec_cases::server::{EventExpected, Expected, Reading, ResponseExpected, words};

use super::describe;
use super::matching;
use super::matching::{Verdict, View};
use super::session::Session;
use super::stream::Stream;
use super::stream_contents::{ResponseHead, Strictness};
use crate::session::deadline::Came;
use crate::session::outcome::{Failure, Stop};
use crate::session::patience::{Allowance, Patience};

impl Session<'_> {
    pub(super) async fn expect(&mut self, expected: &Expected) -> Result<(), Stop> {
        match expected {
            Expected::Connected { .. } => {
                // Each stream of the last request was opened.
                for _ in 0..self.last_count() {
                    self.expect_one(expected).await?;
                }
                Ok(())
            }
            Expected::Event(event) => {
                // One after another, so that each has its time to come.
                let one = Expected::Event(Box::new(EventExpected { times: 1, ..(**event).clone() }));
                for _ in 0..event.times {
                    self.expect_one(&one).await?;
                }
                Ok(())
            }
            _ => self.expect_one(expected).await,
        }
    }

    /// The response to a request must be this, whenever its head comes: a server that holds it back until there is
    /// something to send fails the cases about that, but not every other case.
    pub(super) fn imply(&mut self, expected: &ResponseExpected) -> Result<(), Stop> {
        if self.stream_reading.strictness == Strictness::Smoke {
            return Ok(());
        }
        for number in self.named(&expected.stream) {
            let step = self.progress.step;
            let Some(stream) = self.streams.get_mut(number) else { continue };
            match stream.head.clone() {
                Some(head) => self.check_implied(expected, &head, step)?,
                None => stream.implied = Some((expected.clone(), step)),
            }
        }
        Ok(())
    }

    /// Waits for the head of the last response, so that it can be recorded.
    pub(super) async fn head_came(&mut self) -> Result<(), Stop> {
        let deadline = Instant::now() + self.full_patience.observation;
        let comes = |stream: &Stream| stream.head.is_none() && stream.reading == Reading::AsItComes;
        while self.streams.last().is_some_and(comes) && self.take_in(deadline).await? == Came::Something {}
        Ok(())
    }

    pub(super) fn check_implied(
        &self,
        expected: &ResponseExpected,
        head: &ResponseHead,
        step: Option<usize>,
    ) -> Result<(), Stop> {
        match matching::respond(expected, head) {
            Verdict::Fails(observed) => {
                let words = words::expectation(&Expected::Response(Box::new(expected.clone())));
                Err(Failure { step, ..self.progress.failure(words, observed) }.into())
            }
            Verdict::Holds | Verdict::Open => Ok(()),
        }
    }

    /// The last emission is accepted.
    pub(super) async fn expect_emitted(&mut self) -> Result<(), Stop> {
        self.expect_one(&Expected::Emitted).await
    }

    /// How many streams the last request has opened.
    fn last_count(&self) -> u64 {
        self.streams.last().map_or(1, |stream| stream.request.count)
    }

    async fn expect_one(&mut self, expected: &Expected) -> Result<(), Stop> {
        let patience = patience_for(expected, self.patience);
        let full = patience_for(expected, self.full_patience);
        let began = Instant::now();
        let deadline = began + patience;
        let words = || words::expectation(expected);
        loop {
            let mut view = View::default();
            match self.look(expected, &mut view) {
                Verdict::Holds => {
                    self.progress.observation_took(began.elapsed());
                    self.commit(view);
                    return Ok(());
                }
                Verdict::Fails(observed) => return Err(self.progress.failure(words(), observed).into()),
                Verdict::Open => {}
            }
            if self.take_in(deadline).await? == Came::Nothing {
                let observed = self.nothing(expected, patience);
                return Err(self
                    .progress
                    .silence(words(), observed, Allowance { now: patience, full })
                    .into());
            }
        }
    }

    /// The observation if nothing decided an expectation in time.
    fn nothing(&self, expected: &Expected, patience: Duration) -> String {
        let numbers = self.named(expected.stream().unwrap_or_default());
        let came: Vec<String> = numbers
            .iter()
            .filter_map(|number| self.streams.get(*number))
            .flat_map(|stream| stream.queue.iter())
            .take(3)
            .map(describe::seen)
            .collect();
        let nothing = format!("no match within {}", describe::time(patience));
        if came.is_empty() { nothing } else { format!("{nothing}, but {}", came.join(", ")) }
    }

    pub(super) async fn expect_one_of(&mut self, alternatives: &[Vec<Step<Expected>>]) -> Result<(), Stop> {
        let longest = |patience: Patience| {
            let each = alternatives.iter().flatten().map(|step| patience_for(&step.kind, patience));
            each.max().unwrap_or(patience.observation)
        };
        let (patience, full) = (longest(self.patience), longest(self.full_patience));
        let deadline = Instant::now() + patience;
        let words = || words::alternatives(alternatives);
        loop {
            let mut observed = Vec::new();
            for (number, steps) in alternatives.iter().enumerate() {
                let mut view = View::default();
                match self.look_at_all(steps, &mut view) {
                    Verdict::Holds => {
                        self.commit(view);
                        self.progress.alternative = Some((number, words::alternative(steps)));
                        return Ok(());
                    }
                    Verdict::Fails(what) => {
                        if !observed.contains(&what) {
                            observed.push(what);
                        }
                    }
                    Verdict::Open => observed.clear(),
                }
            }
            if self.is_decided(alternatives) {
                return Err(self.progress.failure(words(), observed.join("; ")).into());
            }
            if self.take_in(deadline).await? == Came::Nothing {
                let observed = format!("no match within {}", describe::time(patience));
                return Err(self
                    .progress
                    .silence(words(), observed, Allowance { now: patience, full })
                    .into());
            }
        }
    }

    /// Whether no alternative can hold any more.
    fn is_decided(&self, alternatives: &[Vec<Step<Expected>>]) -> bool {
        let fails = |steps: &Vec<Step<Expected>>| {
            matches!(self.look_at_all(steps, &mut View::default()), Verdict::Fails(_))
        };
        alternatives.iter().all(fails)
    }
}

fn patience_for(expected: &Expected, patience: Patience) -> Duration {
    let within = match expected {
        Expected::Response(response) => response.within,
        Expected::Event(event) => event.within,
        Expected::Comment { within, .. }
        | Expected::End { within, .. }
        | Expected::Break { within, .. }
        | Expected::Disconnect { within, .. }
        | Expected::Disconnected { within } => *within,
        _ => None,
    };
    within.unwrap_or(patience.observation)
}
