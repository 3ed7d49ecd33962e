//! Reading the content of files.

use super::error::CorpusError;
#[cfg(feature = "authoring")]
use super::files::COUNTERPARTS;
use super::files::{Files, REQUIREMENTS};
use crate::corpus::Corpus;
#[cfg(feature = "authoring")]
use crate::{counterpart, lint};
use crate::{format, requirement};

impl Corpus {
    /// Reads files and adds their content; requirements and counterparts first, because cases name them.
    pub(super) fn with(mut self, files: Files) -> Result<Self, CorpusError> {
        let mut found = files.found.clone();
        let mut cases = Vec::new();
        for (id, source) in &files.list {
            match id.split_once('/') {
                Some((REQUIREMENTS, suite)) => match requirement::read(source, suite) {
                    Ok(list) => {
                        self.documents.extend(requirement::document(source).map(|d| (suite.to_owned(), d)));
                        self.requirements.extend(list.into_iter().map(|r| (r.id.clone(), r)));
                    }
                    Err(diagnostics) => found.push(diagnostics),
                },
                #[cfg(feature = "authoring")]
                Some((COUNTERPARTS, name)) => match counterpart::read(source, name) {
                    Ok(list) => self.counterparts.extend([(list.name.clone(), list)]),
                    Err(diagnostics) => found.push(diagnostics),
                },
                _ => cases.push((id, source)),
            }
        }
        #[cfg(feature = "authoring")]
        let all_is_known = found.len() == files.found.len();
        let mut read = Vec::new();
        for (id, source) in cases {
            match format::read(source, id) {
                Ok(case) => read.push(case),
                Err(diagnostics) => found.push(diagnostics),
            }
        }
        // Definitions that failed to read would be reported as unknown in every case that names them.
        #[cfg(feature = "authoring")]
        if all_is_known {
            found.extend(lint::check::check_with(&read, &self, files.claims()));
        }
        self.cases.extend(read.into_iter().map(|case| (case.id.clone(), case)));
        if found.is_empty() { Ok(self) } else { Err(CorpusError::Mistakes(found)) }
    }
}
