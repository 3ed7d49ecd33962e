//! What the caller knows about the cases, beyond the results files.

use std::fmt;

use crate::{
    coverage::Suite,
    results::{Role, Source},
};

/// The steps of a case in English, from its id and its file; `None` if the file cannot be read.
pub type Explain<'a> = dyn Fn(&str, &Source) -> Option<Vec<ExplainedStep>> + 'a;

/// What the caller knows about the cases. Without it, the site shows what the results files contain.
#[derive(Default)]
pub struct Background<'a> {
    /// The documents, statement by statement, in their order. The results of their statements are ignored.
    pub documents: Vec<Suite>,
    /// What each capability means.
    pub capabilities: Vec<CapabilityMeaning>,
    /// How to explain a case.
    pub explain: Option<&'a Explain<'a>>,
}

/// What an implementation with a capability does or shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapabilityMeaning {
    /// The role of the implementation.
    pub role: Role,
    /// The capability.
    pub name: String,
    /// Its meaning, as the end of a sentence: `reports errors`.
    pub meaning: String,
}

/// One step of a case in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedStep {
    /// Its place among the written steps, counted from 1; `None` if the case implies it.
    pub number: Option<usize>,
    /// What is done or expected, as a sentence.
    pub text: String,
}

impl fmt::Debug for Background<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background")
            .field("documents", &self.documents)
            .field("capabilities", &self.capabilities)
            .finish_non_exhaustive()
    }
}

impl Background<'_> {
    /// The steps of a case in English; empty if they are unknown.
    pub(super) fn steps(&self, case: &str, source: &Source) -> Vec<ExplainedStep> {
        self.explain.and_then(|explain| explain(case, source)).unwrap_or_default()
    }
}
