//! A corpus: cases, with the requirements that they check.

use std::collections::BTreeMap;

use crate::case::Case;
#[cfg(feature = "authoring")]
use crate::counterpart::List;
use crate::requirement::{Document, Requirement};

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
