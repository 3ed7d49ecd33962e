//! The results of a run, where the reports of all lanes meet.

use std::collections::BTreeMap;
use std::time::Instant;

use ssespec_reports::results::{Adapters, CaseResult, Delivery, Footer, Record};

use super::conclusion::{Conclusion, conclude};
use super::lane::News;
use super::settings::{Deaths, Run};
use super::verdict;

/// The results so far.
pub(super) struct Ledger<'r> {
    run: &'r Run,
    began: Instant,
    deaths: usize,
    sequence: u64,
    results: BTreeMap<(String, Delivery), CaseResult>,
}

impl<'r> Ledger<'r> {
    /// A ledger without results, of a run that began then.
    pub(super) fn new(run: &'r Run, began: Instant) -> Self {
        Self { run, began, deaths: 0, sequence: 0, results: BTreeMap::new() }
    }

    /// Enters what a lane reports.
    pub(super) fn take(&mut self, news: News, sink: &mut dyn FnMut(Record)) {
        match news {
            News::Played(trial, played) => {
                self.deaths += played.deaths;
                let start = played.outcome.began.saturating_duration_since(self.began);
                let lane = played.lane;
                let result = verdict::result(self.run, &trial, *played);
                let start_us = Some(verdict::microseconds(start));
                let result = CaseResult { start_us, lane, ..result };
                self.enter(result, sink);
            }
            News::Unplayed(trial) => {
                let result = verdict::unplayed(self.run, &trial, "no adapter could be started");
                self.enter(result, sink);
            }
            News::GivenUp(trial) => {
                let result = verdict::unplayed(self.run, &trial, "the adapter had stopped responding");
                self.enter(result, sink);
            }
            News::Late(trial, late, ended_by) => {
                let key = (trial.case.id.clone(), trial.program.delivery);
                if let Some(earlier) = self.results.get(&key) {
                    let mut result = earlier.clone();
                    verdict::charge(&mut result, &trial, &late, ended_by);
                    // Only the first few late items are kept.
                    if result != *earlier {
                        self.enter(result, sink);
                    }
                }
            }
        }
    }

    /// Enters a result; it supersedes an earlier one of the same case and delivery.
    pub(super) fn enter(&mut self, mut result: CaseResult, sink: &mut dyn FnMut(Record)) {
        self.sequence += 1;
        result.sequence = self.sequence;
        result.known = self.run.baseline.known(&result);
        // A fact that varies cannot be compared with an accepted report.
        let mut facts = std::mem::take(&mut result.facts);
        for fact in &mut facts {
            if self.run.baseline.varies(&result, &fact.fact) {
                fact.value = "differs from run to run".into();
            }
        }
        result.facts = facts;
        self.results.insert((result.case.clone(), result.delivery), result.clone());
        sink(Record::Result(Box::new(result)));
    }

    /// The last record of the run, in which adapters were started this often.
    pub(super) fn footer(&self, started: usize) -> (Footer, Conclusion) {
        let results: Vec<CaseResult> = self.results.values().cloned().collect();
        let ids = self.run.corpus.cases.keys().map(String::as_str);
        let took = self.began.elapsed();
        let (footer, conclusion) = conclude(&results, ids, &self.run.baseline, &self.run.selection, took);
        let conclusion = match (conclusion, self.run.deaths) {
            (Conclusion::AsExpected, Deaths::NotExpected) if self.deaths > 0 => Conclusion::NotAsExpected,
            (conclusion, _) => conclusion,
        };
        let adapters = Some(Adapters { started, died: self.deaths });
        (Footer { exit_status: conclusion.exit_status(), adapters, ..footer }, conclusion)
    }
}
