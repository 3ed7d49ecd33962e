//! Which failures of an implementation are known. They run, must fail, and carry a reason.

use globset::{Glob, GlobBuilder, GlobMatcher};
use ssespec_cases::Corpus;
use ssespec_reports::results::{CaseResult, Known, KnownFailure, Verdict};

use super::plan::Selection;

/// The known failures of an implementation.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    entries: Vec<(GlobMatcher, KnownFailure)>,
}

/// A glob over case ids: `*` matches any characters, including `/`.
///
/// # Errors
/// If the pattern is malformed.
pub fn id_glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(false).build()
}

impl Baseline {
    /// A baseline of these entries.
    ///
    /// # Errors
    /// If a pattern is malformed.
    pub fn new(entries: Vec<KnownFailure>) -> Result<Self, globset::Error> {
        let compiled = entries.into_iter().map(|entry| Ok((id_glob(&entry.case)?.compile_matcher(), entry)));
        Ok(Self { entries: compiled.collect::<Result<_, _>>()? })
    }

    /// The entries.
    pub fn entries(&self) -> impl Iterator<Item = &KnownFailure> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Removes the entries that match cases of another corpus, but not of this one.
    #[must_use]
    pub fn for_corpus(self, corpus: &Corpus, another: &Corpus) -> Self {
        let is_about = |glob: &GlobMatcher, corpus: &Corpus| corpus.cases.keys().any(|id| glob.is_match(id));
        let kept = |glob: &GlobMatcher| is_about(glob, corpus) || !is_about(glob, another);
        Self { entries: self.entries.into_iter().filter(|(glob, _)| kept(glob)).collect() }
    }

    /// The entries that a case matches.
    pub fn entries_of(&self, case: &str) -> impl Iterator<Item = &KnownFailure> {
        self.entries.iter().filter(move |(glob, _)| glob.is_match(case)).map(|(_, entry)| entry)
    }

    /// Whether a case is expected to fail.
    pub fn expects(&self, case: &str) -> bool {
        self.entries_of(case).next().is_some()
    }

    /// The known failure that a result matches; a flaky case matches also if it passes.
    pub fn known(&self, result: &CaseResult) -> Option<Known> {
        let (_, entry) = self.entries.iter().find(|(glob, entry)| {
            let concerns = match result.verdict {
                Verdict::Fail | Verdict::Warn => true,
                Verdict::Pass => entry.flaky && result.facts.is_empty(),
                Verdict::Info | Verdict::Skip | Verdict::Error => false,
            };
            concerns && glob.is_match(&result.case)
        })?;
        Some(Known { reason: entry.reason.clone(), link: entry.link.clone(), flaky: entry.flaky })
    }

    /// Whether the facts of a case vary between runs: it passes, and its entry is flaky.
    pub fn varies(&self, result: &CaseResult) -> bool {
        matches!(result.verdict, Verdict::Pass | Verdict::Info)
            && self.entries_of(&result.case).any(|e| e.flaky)
    }

    /// Stale entries, for cases that pass in every delivery, and unmatched entries, which match no case of the suite. A
    /// filtered run judges only the selected cases, each shard a part of the entries, and a run without all standard deliveries reports no stale entries.
    pub fn judge<'i>(
        &self,
        results: &[&CaseResult],
        ids: impl Iterator<Item = &'i str> + Clone,
        selection: &Selection,
    ) -> (Vec<KnownFailure>, Vec<KnownFailure>) {
        let mut stale = Vec::new();
        let mut unmatched = Vec::new();
        for (glob, entry) in &self.entries {
            if selection.judges(&entry.case) && !ids.clone().any(|id| glob.is_match(id)) {
                unmatched.push(entry.clone());
            }
            let mut concerned: Vec<&str> =
                results.iter().map(|r| r.case.as_str()).filter(|id| glob.is_match(id)).collect();
            concerned.dedup();
            for id in concerned {
                let mut deliveries = results.iter().filter(|r| r.case == id);
                if !entry.flaky
                    && selection.is_in_every_delivery()
                    && deliveries.all(|r| matches!(r.verdict, Verdict::Pass | Verdict::Info))
                {
                    stale.push(KnownFailure { case: id.into(), ..entry.clone() });
                }
            }
        }
        (stale, unmatched)
    }
}

#[cfg(test)]
mod tests;
