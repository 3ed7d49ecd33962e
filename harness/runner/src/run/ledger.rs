//! The results of a run, where the reports of all lanes meet.

use std::collections::BTreeMap;
use std::time::Instant;

use ssespec_reports::results::{Adapters, CaseResult, Delivery, Footer, Record, Role, Verdict};

use super::conclusion::{Conclusion, conclude};
use super::lane::News;
use super::plan::Until;
use super::proposals::proposals;
use super::settings::{Deaths, Run};
use super::{same_facts, verdict};

/// The results so far.
pub(super) struct Ledger<'r> {
    run: &'r Run,
    began: Instant,
    deaths: usize,
    sequence: u64,
    results: BTreeMap<(String, Delivery), CaseResult>,
    rejected: bool,
}

impl<'r> Ledger<'r> {
    /// A ledger without results, of a run that began then.
    pub(super) fn new(run: &'r Run, began: Instant) -> Self {
        Self { run, began, deaths: 0, sequence: 0, results: BTreeMap::new(), rejected: false }
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
        self.rejected |= self.run.selection.rejects(&result) || result.verdict == Verdict::Error;
        self.results.insert((result.case.clone(), result.delivery), result.clone());
        sink(Record::Result(Box::new(result)));
    }

    /// Whether nothing more is to be played, although not everything was.
    pub(super) fn is_over(&self) -> bool {
        self.rejected && self.run.selection.until == Until::FirstFailure
    }

    /// Compares the facts of each case's deliveries. Nothing is entered afterwards.
    pub(super) fn compare_facts(&mut self, sink: &mut dyn FnMut(Record)) {
        let all: Vec<&CaseResult> = self.results.values().collect();
        let differing = all.chunk_by(|a, b| a.case == b.case).flat_map(|results| {
            let case = results.first().and_then(|result| self.run.corpus.cases.get(&result.case));
            let varies = |result: &CaseResult, fact: &str| self.run.baseline.varies(result, fact);
            case.map(|case| same_facts::changed(case, results, varies)).unwrap_or_default()
        });
        for result in differing.collect::<Vec<_>>() {
            self.enter(result, sink);
        }
    }

    /// The last record of the run, in which adapters were started this often.
    pub(super) fn footer(&self, started: usize) -> (Footer, Conclusion) {
        let results: Vec<CaseResult> = self.results.values().cloned().collect();
        let ids = self.run.corpus.cases.keys().map(String::as_str);
        let took = self.began.elapsed();
        let (footer, conclusion) = conclude(&results, ids, &self.run.baseline, &self.run.selection, took);
        let selection = &self.run.selection;
        let notes = match self.run.launch.role() {
            Role::Client if !self.is_over() => {
                proposals(self.results.values(), &self.run.corpus, selection.variation)
            }
            _ => Vec::new(),
        };
        let footer = Footer { notes, ..footer };
        // What was not played says nothing about the baseline.
        let footer = if self.is_over() {
            Footer { complete: false, stale: Vec::new(), unmatched: Vec::new(), ..footer }
        } else {
            footer
        };
        let conclusion = match (conclusion, self.run.deaths) {
            (Conclusion::AsExpected, Deaths::NotExpected) if self.deaths > 0 => Conclusion::NotAsExpected,
            (conclusion, _) => conclusion,
        };
        let adapters = Some(Adapters { started, died: self.deaths });
        (Footer { exit_status: conclusion.exit_status(), adapters, ..footer }, conclusion)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ssespec_cases::{Corpus, format};
    use ssespec_diagnostics::Source;
    use ssespec_reports::results::Fact;

    use super::*;
    use crate::adapter::in_process::client::Client;
    use crate::run::plan::{Plan, Selection};
    use crate::run::{Baseline, Rerun};

    const TEXT: &str = "title = \"T\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [\"expect-request\", \
                        { send = \"data: a\\n\\n\" }, \"expect-event\", { record = { fact = \"f\", of = \"target\" } }]\n";

    #[test]
    fn a_fact_that_differs_supersedes_the_result_and_decides_nothing() {
        let case = format::read(&Source::new("a.toml", TEXT), "client/a/one").unwrap();
        let requirements = Corpus::embedded().unwrap().requirements;
        let cases = [(case.id.clone(), case)].into();
        let corpus = Arc::new(Corpus { cases, requirements, ..Corpus::default() });
        let run = Run {
            corpus: Arc::clone(&corpus),
            launch: Client::client("c", |_, _| async {}).into(),
            selection: Selection::default(),
            baseline: Baseline::default(),
            patience: Default::default(),
            lanes: 1,
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            barrier: Default::default(),
            tls: None,
            deaths: Deaths::Counted,
            rerun: Rerun::Command(String::new()),
        };
        let mut ledger = Ledger::new(&run, Instant::now());
        let mut records = Vec::new();
        for (trial, value) in Plan::new(&corpus, &run.selection, &[].into()).trials.iter().zip(["/", "/b"]) {
            let facts = vec![Fact { fact: "f".into(), value: value.into() }];
            let result = verdict::unplayed(&run, trial, "");
            let result = CaseResult { verdict: Verdict::Pass, facts, ..result };
            ledger.enter(result, &mut |record| records.push(record));
        }
        assert_eq!(records.len(), 2);
        ledger.compare_facts(&mut |record| records.push(record));
        let Some(Record::Result(warned)) = records.get(2) else { panic!("{records:?}") };
        assert_eq!((warned.verdict, warned.sequence, records.len()), (Verdict::Warn, 3, 3));
        let (footer, conclusion) = ledger.footer(1);
        assert_eq!((footer.counts.warn, footer.counts.total()), (1, 1));
        assert_eq!(conclusion, Conclusion::AsExpected);
    }
}
