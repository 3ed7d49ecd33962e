//! Two runs compared, case by case, joined by id.

mod markdown;
pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    fold::{CaseOutcome, Outcome, fold},
    limits,
    results::{Counts, Delivery, Results},
    visible,
};

/// How a case differs between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The outcome is worse: a pass became a warning, a failure or an error, or a warning became a
    /// failure or an error. A baseline entry does not change that.
    Broken,
    /// The outcome is better.
    Fixed,
    /// It differs, but is neither better nor worse: it is now known or skipped, or fails in other
    /// deliveries.
    Changed,
    /// It is in the second run only.
    New,
    /// It is in the first run only.
    Gone,
}

impl ChangeKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Broken, Self::Fixed, Self::Changed, Self::New, Self::Gone];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Fixed => "fixed",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// A case that is not the same in both runs.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// How it differs.
    pub kind: ChangeKind,
    /// Its id.
    pub case: &'a str,
    /// Its outcome in the first run.
    pub before: Option<CaseOutcome<'a>>,
    /// Its outcome in the second run.
    pub after: Option<CaseOutcome<'a>>,
}

/// The difference of two runs.
#[derive(Clone, Debug)]
pub struct Diff<'a> {
    before: &'a Results,
    after: &'a Results,
    changes: Vec<Change<'a>>,
    counts: [Counts; 2],
    same: usize,
}

/// Compares two runs: of two versions, of two implementations, or of two versions of the suite.
pub fn diff<'a>(before: &'a Results, after: &'a Results) -> Diff<'a> {
    let by_id = |run: &'a Results| -> BTreeMap<&'a str, CaseOutcome<'a>> {
        fold(run.results()).into_iter().map(|case| (case.case(), case)).collect()
    };
    let (mut old, mut new) = (by_id(before), by_id(after));
    let counts = [&old, &new].map(|cases| {
        let mut counts = Counts::default();
        cases.values().for_each(|case| counts.add(case.outcome()));
        counts
    });
    let ids: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut changes = Vec::new();
    let mut same = 0;
    for case in ids {
        let (before, after) = (old.remove(case), new.remove(case));
        match kind(before.as_ref(), after.as_ref()) {
            Some(kind) => changes.push(Change { kind, case, before, after }),
            None => same += 1,
        }
    }
    changes.sort_by_key(|change| change.kind);
    Diff { before, after, changes, counts, same }
}

impl<'a> Diff<'a> {
    /// Every case that is not the same, by kind and then by id.
    pub fn changes(&self) -> &[Change<'a>] {
        &self.changes
    }

    /// The changes of one kind, by id.
    pub fn of(&self, kind: ChangeKind) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }

    /// Whether any case is broken, which decides the exit status.
    pub fn broken_any(&self) -> bool {
        self.of(ChangeKind::Broken).next().is_some()
    }

    /// The two runs.
    #[cfg(feature = "html")]
    pub(crate) fn runs(&self) -> [&'a Results; 2] {
        [self.before, self.after]
    }

    /// The number of cases for each outcome, in both runs.
    #[cfg(feature = "html")]
    pub(crate) fn counts(&self) -> [Counts; 2] {
        self.counts
    }

    /// How many cases are the same in both runs.
    pub fn same(&self) -> usize {
        self.same
    }

    pub(crate) fn heading(&self, kind: ChangeKind) -> &'static str {
        match kind {
            ChangeKind::Broken => "Broken",
            ChangeKind::Fixed => "Fixed",
            ChangeKind::Changed => "Changed",
            ChangeKind::New if !self.before.is_complete() => "New (or not reached by the first run)",
            ChangeKind::New => "New",
            ChangeKind::Gone if !self.after.is_complete() => "Gone (or not reached by the second run)",
            ChangeKind::Gone => "Gone",
        }
    }

    /// `1 broken, 2 fixed, 0 changed, 0 new, 0 gone, 267 the same`.
    pub(crate) fn numbers(&self) -> String {
        let mut parts: Vec<String> = ChangeKind::ALL
            .iter()
            .map(|kind| format!("{} {}", self.of(*kind).count(), kind.as_str()))
            .collect();
        parts.push(format!("{} the same", self.same));
        parts.join(", ")
    }

    /// Reasons to read the rest with caution.
    pub(crate) fn cautions(&self) -> Vec<String> {
        let mut cautions = Vec::new();
        for (run, which) in [(self.before, "first"), (self.after, "second")] {
            if !run.is_complete() {
                cautions
                    .push(format!("INCOMPLETE RUN: the {which} run did not finish, so cases are missing"));
            }
        }
        let [old, new] =
            [self.before, self.after].map(|run| visible::line(&run.header().suite_version, limits::NAME));
        if old != new {
            cautions.push(format!("the runs used different versions of the suite: ssespec {old} and {new}"));
        }
        if self.before.header().adapter.capabilities != self.after.header().adapter.capabilities {
            cautions.push("the capabilities differ, so different cases are skipped".to_owned());
        }
        cautions
    }
}

fn kind(before: Option<&CaseOutcome<'_>>, after: Option<&CaseOutcome<'_>>) -> Option<ChangeKind> {
    let (before, after) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => return Some(ChangeKind::New),
        (Some(_), None) => return Some(ChangeKind::Gone),
        (Some(before), Some(after)) => (before, after),
    };
    let by_grade = match (grade(before.outcome()), grade(after.outcome())) {
        (Some(old), Some(new)) if old < new => Some(ChangeKind::Broken),
        (Some(old), Some(new)) if old > new => Some(ChangeKind::Fixed),
        _ => None,
    };
    by_grade.or_else(|| (state(before) != state(after)).then_some(ChangeKind::Changed))
}

/// How bad an outcome is. A skip is neither good nor bad: nothing was observed. An error is as bad as
/// a failure, because a case that passed before no longer does.
fn grade(outcome: Outcome) -> Option<u8> {
    match outcome {
        Outcome::Skip => None,
        Outcome::Pass | Outcome::Info => Some(0),
        Outcome::Warn => Some(1),
        Outcome::Known | Outcome::Fail | Outcome::Error => Some(2),
    }
}

/// What makes a case differ if its grade does not.
fn state<'a>(case: &CaseOutcome<'a>) -> impl PartialEq + use<'a> {
    // Ignore the number of deliveries of a pass: one run may have had more of them.
    let decisive: Vec<Delivery> = match case.outcome() {
        Outcome::Pass | Outcome::Skip | Outcome::Info => Vec::new(),
        _ => case.decisive().map(|result| result.delivery).collect(),
    };
    let facts: Vec<(&str, &str)> = case.facts().iter().map(|fact| (fact.fact, fact.value)).collect();
    (case.outcome(), decisive, facts)
}
