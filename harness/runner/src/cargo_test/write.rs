//! Writing the baseline: what the tests found, and the file that it goes into.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ssespec_cases::Corpus;
use ssespec_reports::results::{CaseResult, KnownFailure};

use super::error::SuiteError;
use crate::baseline_file::{Changes, Judged, UpdateError, update_judged};
use crate::run::baseline::id_glob;
use crate::run::{Baseline, Selection};

/// The environment variable that asks for it.
pub(super) const VARIABLE: &str = "SSESPEC_WRITE_BASELINE";

/// The results of tests whose failures become known.
#[derive(Debug)]
pub(super) struct Writer {
    file: PathBuf,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    results: Vec<CaseResult>,
    stale: Vec<KnownFailure>,
}

impl Writer {
    /// A writer for this file, which is created if there is none; `None` if the environment does not ask for one.
    ///
    /// # Errors
    /// If no file is named, or it cannot be created.
    pub(super) fn new(file: Option<&Path>) -> Result<Option<Self>, SuiteError> {
        if std::env::var_os(VARIABLE).is_none_or(|value| value.is_empty() || value == "0") {
            return Ok(None);
        }
        let file = file.ok_or(SuiteError::NoBaselineToWrite)?.to_owned();
        if !file.exists() {
            std::fs::write(&file, "")
                .map_err(|problem| UpdateError::Write { file: file.display().to_string(), problem })?;
        }
        Ok(Some(Self { file, found: Mutex::default() }))
    }

    /// Takes the results of a case, and the entries for it that are stale.
    pub(super) fn take(&self, results: &[&CaseResult], stale: &[KnownFailure]) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.results.extend(results.iter().copied().cloned());
        found.stale.extend_from_slice(stale);
    }

    /// Writes the file, and says what changed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(
        &self,
        corpus: &Corpus,
        baseline: &Baseline,
        run: &Selection,
    ) -> Result<(), SuiteError> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.results.sort_by(|a, b| (&a.case, a.delivery).cmp(&(&b.case, b.delivery)));
        let ids = || corpus.cases.keys().map(String::as_str);
        let (_, unmatched) = baseline.judge(&[], ids(), &Selection::default());
        let judged = Judged {
            results: &found.results,
            stale: &found.stale,
            unmatched: &unmatched,
            causes: Vec::new(),
        };
        let mut selection = run.clone();
        if ids().any(|id| !found.results.iter().any(|result| result.case == id)) {
            // Some cases were filtered out, or skipped: entries with patterns may be about those.
            let played =
                found.results.iter().filter_map(|result| id_glob(&globset::escape(&result.case)).ok());
            selection.filters = played.map(|glob| glob.compile_matcher()).collect();
        }
        let Changes { added, removed, left } = update_judged(&self.file, None, &judged, &selection)?;
        let file = self.file.display();
        let mut text = format!(
            "{file}: {} known failure{} added, {} removed{}\n",
            added.len(),
            if added.len() == 1 { "" } else { "s" },
            removed.len(),
            if added.is_empty() { "" } else { "; give each a reason" }
        );
        for pattern in left {
            text.push_str(&format!(
                "{file}: \"{pattern}\" is unchanged: only some of its cases ran and passed\n"
            ));
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
        Ok(())
    }
}
