//! The diagnosis of a run, as its results file holds it.

use serde::{Deserialize, Serialize};

/// The diagnosis of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnosis {
    /// How many cases failed, known failures and warnings included.
    pub failing: usize,
    /// The causes, those that explain most cases first.
    pub causes: Vec<Cause>,
    /// The failing cases that no known mistake explains.
    pub unexplained: Vec<String>,
    /// A capability that all failing cases need, and no case that needs it passes: then no cause is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacking: Option<String>,
}

impl Diagnosis {
    /// How many failing cases are explained.
    pub fn explained(&self) -> usize {
        self.failing - self.unexplained.len()
    }
}

/// Known mistakes that would fail these cases. Several mistakes are alternatives, which this run cannot distinguish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The mistakes, at least one.
    pub mistakes: Vec<NamedMistake>,
    /// The cases that it explains in part or as a whole.
    pub cases: Vec<String>,
    /// The case to look at first: preferably not a known failure, and one that few mistakes fail.
    pub best: String,
    /// How many cases that it would also fail were skipped or could not be judged.
    pub unjudged: usize,
}

/// A known mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedMistake {
    /// Its name.
    pub name: String,
    /// What the implementation does, as a sentence.
    pub description: String,
    /// Where it was seen: an issue (`owner/name#number`), an advisory, or the requirement that it breaks.
    pub origin: String,
}
