//! The baseline as a file of the package, so that errors name file and line.

use std::path::PathBuf;

use libtest_mimic::Failed;
use ssespec_cases::Corpus;
use ssespec_reports::results::KnownFailure;

use super::error::SuiteError;
use crate::implementation::read_baseline;
use crate::run::{Baseline, Selection};

/// A baseline and the file that it came from.
#[derive(Debug)]
pub(super) struct BaselineFile {
    path: PathBuf,
    /// The known failures.
    pub(super) baseline: Baseline,
}

impl BaselineFile {
    /// Reads a baseline.
    ///
    /// # Errors
    /// If the file is missing or malformed.
    pub(super) fn read(path: PathBuf) -> Result<Self, SuiteError> {
        if !path.is_file() {
            let folder = std::env::current_dir()
                .map_or_else(|error| error.to_string(), |folder| folder.display().to_string());
            return Err(SuiteError::MissingBaseline { path, folder });
        }
        let baseline = read_baseline(&path)?;
        Ok(Self { path, baseline })
    }

    /// The patterns that match no case.
    pub(super) fn unmatched(&self, corpus: &Corpus) -> Vec<String> {
        let ids = corpus.cases.keys().map(String::as_str);
        let (_, unmatched) = self.baseline.judge(&[], ids, &Selection::default());
        unmatched.into_iter().map(|entry| entry.case).collect()
    }

    /// A known failure that matches no case is a mistake in the baseline.
    pub(super) fn check_patterns(&self, corpus: &Corpus) -> Result<(), Failed> {
        let ids = corpus.cases.keys().map(String::as_str);
        let (_, unmatched) = self.baseline.judge(&[], ids, &Selection::default());
        if unmatched.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = unmatched
            .iter()
            .map(|entry| {
                format!(
                    "{}: \"{}\" matches no case of the suite; correct it or remove it",
                    self.place(entry),
                    entry.case
                )
            })
            .collect();
        Err(lines.join("\n").into())
    }

    /// The message for a case that passes although it is a known failure.
    pub(super) fn stale(&self, case: &str) -> String {
        let entry = self.baseline.entries_of(case).next();
        let place = entry.map_or_else(|| self.path.display().to_string(), |entry| self.place(entry));
        let (pattern, reason) = entry.map_or((case, ""), |entry| (&entry.case, &entry.reason));
        let listed =
            if entry.is_some_and(|entry| !entry.deliveries.is_empty()) { " that is listed" } else { "" };
        let advice = if pattern == case { "remove it" } else { "narrow it down or remove it" };
        format!(
            "{case} passes in every delivery{listed}, but is a known failure; {advice}:\n{place}: \"{pattern}\", {reason}"
        )
    }

    /// The file and line of an entry.
    fn place(&self, entry: &KnownFailure) -> String {
        let path = self.path.display();
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let quoted = format!("\"{}\"", entry.case);
        let is_entry = |line: &str| line.trim_start().starts_with("case") && line.contains(&quoted);
        match text.lines().position(is_entry) {
            Some(line) => format!("{path}:{}", line + 1),
            None => path.to_string(),
        }
    }
}
