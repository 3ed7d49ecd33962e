//! The tables of the diagnosis: which cases each defect fails, at which step, and how it looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use ssespec_cases::{Case, Corpus};
use ssespec_reference::{Defect, ServerDefect};
use ssespec_reports::diagnosis::Symptom;
use ssespec_reports::diagnosis::symptom::Kind;
use ssespec_reports::diagnosis::table::{Failures, Mistake as Entry, Table};
use ssespec_reports::results::{Delivery, Level, Results, Verdict};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::playing::with_defects;
use super::survey::survey;
use crate::matrix::{Mistake, races};
use crate::soaking;

/// How many defects are played at the same time.
const AT_ONCE: usize = 10;

#[test]
#[ignore = "writes reports/src/diagnosis/client.txt; takes 10 minutes"]
fn clients() {
    write::<Defect>("client.txt");
}

#[test]
#[ignore = "writes reports/src/diagnosis/server.txt; takes 5 minutes"]
fn servers() {
    write::<ServerDefect>("server.txt");
}

/// The defects that cases with long lines can show. Only they are played with the cases that measure.
const ABOUT_SIZE: [&str; 6] = [
    "long-line-ends-stream",
    "long-block-ends-stream",
    "long-line-cut",
    "very-long-line-left-out",
    "long-comment-ends-stream",
    "block-of-nothing-ends-stream",
];

/// The failures of a defect in the cases that measure, one after the other. What they measure is not the defect's.
async fn growth<D: Mistake>(defect: D, corpus: &Corpus) -> BTreeMap<String, Failures> {
    let measure = |case: &Case| case.isolated && case.id.starts_with("client/resilience/");
    let mut table = BTreeMap::new();
    for id in corpus.cases.values().filter(|case| measure(case)).map(|case| case.id.clone()) {
        let mut failures = failures(defect, corpus, BTreeSet::from([id])).await;
        failures.retain(|_, failures| {
            failures.get(Delivery::AS_WRITTEN).is_some_and(|symptom| symptom.kind != Kind::Growth)
        });
        table.extend(failures);
    }
    table
}

/// The deliveries in which a case fails, and all in which it was played.
type OfCase = (BTreeMap<Delivery, Symptom>, BTreeSet<Delivery>);

/// What is played: all, or what an environment variable names.
struct Chosen {
    defects: Option<Vec<String>>,
    cases: Option<Vec<String>>,
}

impl Chosen {
    fn from_environment() -> Self {
        let words = |variable| {
            let text = std::env::var(variable).ok()?;
            Some(text.split_whitespace().map(str::to_owned).collect())
        };
        Self { defects: words("SSESPEC_DEFECT"), cases: words("SSESPEC_CASES") }
    }

    fn has_defect(&self, name: &str) -> bool {
        self.defects.as_ref().is_none_or(|chosen| chosen.iter().any(|defect| defect == name))
    }

    fn has_case(&self, id: &str) -> bool {
        self.cases.as_ref().is_none_or(|chosen| chosen.iter().any(|case| case == id))
    }
}

/// Plays what is chosen, and keeps the rest of the table.
fn write<D: Mistake>(file: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let chosen = Chosen::from_environment();
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in &Table::of(D::ROLE).mistakes {
        let mut kept = entry.clone();
        if chosen.has_defect(&kept.name) {
            kept.failures.retain(|case, _| !chosen.has_case(case));
        }
        entries.insert(kept.name.clone(), kept);
    }
    for played in runtime.block_on(table::<D>(&chosen)) {
        let failures = played.failures.clone();
        let entry = entries.entry(played.name.clone()).or_insert(played);
        entry.failures.extend(failures);
    }
    // In the order of the list, which goes by topic.
    let known = D::all().iter().filter_map(|defect| entries.remove(&defect.name()));
    let table = Table { mistakes: known.filter(|entry| !entry.failures.is_empty()).collect() };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/src/diagnosis").join(file);
    std::fs::write(&path, table.to_string()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

async fn table<D: Mistake>(chosen: &Chosen) -> Vec<Entry> {
    let mut corpus = soaking::corpus();
    corpus.cases.retain(|id, _| chosen.has_case(id));
    let corpus = Arc::new(corpus);
    let survey = survey::<D>(&corpus).await;
    let lanes = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for (defect, cases) in survey {
        if !chosen.has_defect(&defect.name()) {
            continue;
        }
        let (corpus, lanes) = (Arc::clone(&corpus), Arc::clone(&lanes));
        playing.spawn(async move {
            let _lane = lanes.acquire().await;
            (defect, failures(defect, &corpus, cases).await)
        });
    }
    let mut entries = entries_of(playing, &corpus).await;
    for defect in D::all().iter().filter(|defect| ABOUT_SIZE.contains(&defect.name().as_str())) {
        if chosen.has_defect(&defect.name()) {
            let growth = growth(*defect, &corpus).await;
            let entry = entries.iter_mut().find(|entry| entry.name == defect.name());
            entry.into_iter().for_each(|entry| entry.failures.extend(growth.clone()));
        }
    }
    entries
}

/// The entries of defects that fail a case.
async fn entries_of<D: Mistake>(
    mut playing: JoinSet<(D, BTreeMap<String, Failures>)>,
    corpus: &Corpus,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some(played) = playing.join_next().await {
        let (defect, failures) = played.expect("no panic");
        if !failures.is_empty() {
            let (description, origin) = (defect.description().to_owned(), defect.origin().to_owned());
            let is_possible = |id: &&String| defect.is_random() || races(&corpus.cases[*id]);
            let possible = failures.keys().filter(is_possible).cloned().collect();
            entries.push(Entry { name: defect.name(), description, origin, possible, failures });
        }
    }
    entries
}

/// The failures of a defect in these cases. Each is seen twice, so that no failure is in the table because the machine was
/// slow once.
async fn failures<D: Mistake>(
    defect: D,
    corpus: &Corpus,
    cases: BTreeSet<String>,
) -> BTreeMap<String, Failures> {
    let Some(first) = with_defects(corpus, cases, &[defect]).await else { return BTreeMap::new() };
    let first = of_cases(&first);
    let failing = first.into_iter().filter(|(_, (failed, _))| !failed.is_empty());
    let failing: BTreeMap<String, OfCase> = failing.collect();
    if failing.is_empty() {
        return BTreeMap::new();
    }
    let ids = failing.keys().cloned().collect();
    let Some(again) = with_defects(corpus, ids, &[defect]).await else { return BTreeMap::new() };
    let again = of_cases(&again);
    let mut table = BTreeMap::new();
    for (case, (mut failed, played)) in failing {
        let Some((failed_again, _)) = again.get(&case) else { continue };
        failed.retain(|delivery, symptom| {
            failed_again.get(delivery).is_some_and(|other| other.step == symptom.step)
        });
        let symptom = failed.values().next().copied();
        let is_uniform = failed.len() == played.len() && failed.values().all(|each| Some(*each) == symptom);
        match symptom {
            Some(symptom) if is_uniform => table.insert(case, Failures::All(symptom)),
            Some(_) => table.insert(case, Failures::Some(failed)),
            None => None,
        };
    }
    table
}

/// The failures of each case that was judged.
fn of_cases(results: &Results) -> BTreeMap<String, OfCase> {
    let mut cases: BTreeMap<String, OfCase> = BTreeMap::new();
    for result in results.results().iter().filter(|result| result.level != Level::May) {
        let (failed, played) = cases.entry(result.case.clone()).or_default();
        played.insert(result.delivery);
        if let (Verdict::Fail | Verdict::Warn, Some(failure)) = (result.verdict, &result.failure) {
            failed.insert(result.delivery, Symptom::of(failure));
        }
    }
    cases
}
