//! Spans of work that are measured, as for clients.

use ssespec_cases::grammar::{Growth, Measurement};
use ssespec_cases::server::ServerStep;

use super::{Failure, Session};
use crate::delivery::Op;
use crate::session::describe::growth;
use crate::session::growth::Gauge;

impl Session<'_> {
    /// Ends the span that runs and begins one of this amount. `rest` is what follows in the script.
    pub(super) fn measure(&mut self, work: u64, rest: &[Op<ServerStep>]) {
        self.span_ends();
        if self.gauge.is_none() {
            let expected = judged(rest).map(|(growth, _)| growth).unwrap_or_default();
            let (gauge, not_judged) = Gauge::of(expected, self.stage.adapter.processes());
            self.not_judged = self.not_judged.take().or(not_judged);
            self.gauge = Some(gauge);
        }
        if let Some(gauge) = &self.gauge {
            gauge.begin(work);
        }
    }

    /// Judges the spans until now.
    pub(super) fn judge_growth(&mut self, expected: Growth) -> Result<(), Failure> {
        self.span_ends();
        match self.gauge.take().and_then(|gauge| gauge.excess()) {
            Some(words) => Err(self.failure(growth(expected), words)),
            None => Ok(()),
        }
    }

    /// What a span came to that was cut short; `rest` is what follows in the script.
    pub(super) fn overgrown(&mut self, rest: &[Op<ServerStep>]) -> Failure {
        let (expected, step) = judged(rest).unwrap_or_default();
        self.step = step;
        self.cut_short = true;
        match self.judge_growth(expected) {
            Err(failure) => failure,
            Ok(()) => self.failure(growth(expected), "more of it"),
        }
    }

    fn span_ends(&mut self) {
        if let Some(took) = self.gauge.as_ref().and_then(Gauge::ends) {
            tracing::debug!(case = self.case.id, "{took}");
            self.transcript.harness("measured", took);
        }
    }
}

/// What judges the spans, and its step.
fn judged(rest: &[Op<ServerStep>]) -> Option<(Growth, Option<usize>)> {
    rest.iter().find_map(|op| match &op.kind {
        ServerStep::Measure(Measurement::Judge(growth)) => Some((*growth, op.written)),
        _ => None,
    })
}
