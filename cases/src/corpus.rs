//! A corpus: cases, with the requirements that they check.

use std::collections::BTreeMap;

use crate::case::Case;
#[cfg(feature = "authoring")]
use crate::counterpart::List;
use crate::requirement::{Document, Level, Requirement};

/// The suite of cases that name no requirement.
pub const OWN_SUITE: &str = "own";

/// Cases, and the requirements that they check.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// The cases by id.
    pub cases: BTreeMap<String, Case>,
    /// The requirements by id.
    pub requirements: BTreeMap<String, Requirement>,
    /// The documents that they come from, by suite.
    pub documents: BTreeMap<String, Document>,
    /// The tests of other suites, by the name of their list.
    #[cfg(feature = "authoring")]
    pub counterparts: BTreeMap<String, List>,
}

impl Corpus {
    /// The suite and the level at which a case is judged: those of its requirements. A case without requirements is a must of
    /// the suite [`OWN_SUITE`]. `None` if its first requirement is unknown.
    pub fn judgement(&self, case: &Case) -> Option<(&str, Level)> {
        let Some(id) = case.requirements.first() else { return Some((OWN_SUITE, Level::Must)) };
        self.requirements.get(id).map(|requirement| (requirement.suite(), requirement.judged()))
    }

    /// The names of the suites, some more than once.
    pub fn suites(&self) -> impl Iterator<Item = &str> {
        let own = self.cases.values().any(|case| case.requirements.is_empty());
        self.requirements.values().map(Requirement::suite).chain(own.then_some(OWN_SUITE))
    }
}
