//! What the pages show of a run, once the pages of its failures are written.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::cases::Cases;
use super::outcome::has_page;
use crate::{
    advice::{Advice, advise},
    diagnosis::diagnose,
    fold::{CaseOutcome, Outcome},
    limits,
    results::{Counts, Diagnosis, Footer, Header, Known, Level, Results, Verdict},
    terminal,
    totals::Totals,
    visible,
};

/// A run.
#[derive(Debug)]
pub(super) struct Run {
    /// Its name in paths.
    pub(super) slug: String,
    /// The name of its results file.
    pub(super) file: String,
    /// Its header, without the requirements.
    pub(super) header: Header,
    pub(super) footer: Option<Footer>,
    pub(super) is_complete: bool,
    pub(super) warnings: Vec<String>,
    pub(super) totals: Totals,
    /// The number of cases for each outcome, by suite and level.
    pub(super) levels: BTreeMap<(String, Level), Counts>,
    pub(super) cells: BTreeMap<Rc<str>, Cell>,
    pub(super) diagnosis: Diagnosis,
    pub(super) advice: Advice,
    /// Sessions that passed although something else went wrong.
    pub(super) notes: Vec<String>,
}

/// What one implementation did in one case.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) outcome: Outcome,
    /// In how many deliveries the case held.
    pub(super) held: usize,
    /// In how many deliveries it ran.
    pub(super) ran: usize,
    /// The deliveries that decided, if they are not all.
    pub(super) only_in: Option<String>,
    /// What was observed, or the reason.
    pub(super) summary: Option<Rc<str>>,
    /// The baseline entry.
    pub(super) known: Option<Box<Known>>,
    pub(super) facts: Vec<FactSeen>,
}

/// A fact.
#[derive(Debug)]
pub(super) struct FactSeen {
    pub(super) fact: String,
    pub(super) value: String,
    pub(super) only_in: Option<String>,
}

impl Cell {
    /// Whether its evidence has a page.
    pub(super) fn has_page(&self) -> bool {
        has_page(self.outcome)
    }

    /// How many deliveries held, if they do not agree.
    pub(super) fn held_in_some(&self) -> Option<(usize, usize)> {
        (self.has_page() && self.held > 0 && self.held < self.ran).then_some((self.held, self.ran))
    }
}

/// How many notes of a run are shown.
const NOTES: usize = 50;

impl Run {
    /// What is kept of a run.
    pub(super) fn of(
        slug: String,
        results: &Results,
        outcomes: &[CaseOutcome<'_>],
        cases: &mut Cases,
    ) -> Self {
        let mut header = results.header().clone();
        header.requirements = Vec::new();
        let role = header.implementation.role;
        let mut texts = Texts::default();
        let mut levels: BTreeMap<(String, Level), Counts> = BTreeMap::new();
        let mut cells = BTreeMap::new();
        for outcome in outcomes {
            levels.entry((outcome.suite().to_owned(), outcome.level())).or_default().add(outcome.outcome());
            cells.insert(cases.keep(outcome, role), cell(outcome, &mut texts));
        }
        Self {
            slug,
            file: visible::line(results.name(), limits::LINK),
            header,
            footer: results.footer().cloned(),
            is_complete: results.is_complete(),
            warnings: results.warnings().iter().map(ToString::to_string).collect(),
            totals: Totals::of(results, outcomes),
            levels,
            cells,
            diagnosis: diagnose(results),
            advice: advise(results.header(), outcomes),
            notes: notes(outcomes),
        }
    }

    /// Its name, sanitized.
    pub(super) fn name(&self) -> String {
        visible::line(self.header.implementation.name.trim(), limits::NAME)
    }

    /// Its version, sanitized.
    pub(super) fn version(&self) -> String {
        visible::line(self.header.implementation.version.trim(), limits::NAME)
    }

    /// `eventsource 5.1.5 (JavaScript client)`.
    pub(super) fn identity(&self) -> String {
        terminal::identity(&self.header)
    }

    /// Whether filters selected only some of the cases.
    pub(super) fn is_filtered(&self) -> bool {
        !self.header.selection.filters.is_empty()
    }

    /// The number of cases of a suite and level for each outcome.
    pub(super) fn counts(&self, suite: &str, level: Level) -> Counts {
        self.levels.get(&(suite.to_owned(), level)).copied().unwrap_or_default()
    }

    /// Why cases are missing; `None` if the run is complete.
    pub(super) fn incomplete(&self) -> Option<String> {
        let why = match (self.is_complete, &self.footer) {
            (true, _) => return None,
            (false, Some(_)) => "the run stopped at its first failure",
            (false, None) => "the run did not finish",
        };
        Some(format!("Incomplete: {}. Cases of {} are missing.", why, self.identity()))
    }

    /// What to know before reading anything about this run.
    pub(super) fn banners(&self) -> Vec<String> {
        self.incomplete().into_iter().chain(self.warnings.iter().cloned()).collect()
    }
}

/// Texts that many cells share.
#[derive(Default)]
struct Texts(BTreeSet<Rc<str>>);

impl Texts {
    fn share(&mut self, text: &str) -> Rc<str> {
        if let Some(shared) = self.0.get(text) {
            return Rc::clone(shared);
        }
        let shared: Rc<str> = text.into();
        self.0.insert(Rc::clone(&shared));
        shared
    }
}

fn cell(outcome: &CaseOutcome<'_>, texts: &mut Texts) -> Cell {
    let worst = outcome.worst();
    let summary = match (outcome.outcome(), &worst.failure, &worst.reason) {
        (Outcome::Pass, ..) => None,
        (_, Some(failure), _) => Some(texts.share(&visible::line(&failure.observed, limits::SENTENCE))),
        (_, None, Some(reason)) => Some(texts.share(&visible::line(reason, limits::SENTENCE))),
        (_, None, None) => None,
    };
    let facts = outcome.facts();
    let facts = facts.iter().map(|fact| FactSeen {
        fact: visible::line(fact.fact, limits::SENTENCE),
        value: visible::line(fact.value, limits::SENTENCE),
        only_in: outcome.fact_only_in(fact),
    });
    Cell {
        outcome: outcome.outcome(),
        held: outcome.held(),
        ran: outcome.ran(),
        only_in: has_page(outcome.outcome()).then(|| outcome.only_in()).flatten(),
        summary,
        known: outcome.known().cloned().map(Box::new),
        facts: facts.collect(),
    }
}

/// What went wrong around sessions that passed.
fn notes(outcomes: &[CaseOutcome<'_>]) -> Vec<String> {
    let of_passes = outcomes.iter().flat_map(|outcome| outcome.results()).filter_map(|result| {
        let reason = result.reason.as_ref().filter(|_| result.verdict == Verdict::Pass)?;
        Some(format!(
            "{} ({}): {}",
            visible::line(&result.case, limits::ID),
            result.delivery,
            visible::line(reason, limits::SENTENCE)
        ))
    });
    of_passes.take(NOTES).collect()
}
