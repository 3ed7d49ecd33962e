//! Which failures of an implementation are known. They run, must fail, and carry a reason.

use globset::{Glob, GlobBuilder, GlobMatcher};
use ssespec_cases::Corpus;
use ssespec_reports::results::{CaseResult, Delivery, Failure, Known, KnownFailure, Verdict};

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

    /// The entries that a case matches in this delivery.
    fn entries_in(&self, case: &str, delivery: Delivery) -> impl Iterator<Item = &KnownFailure> {
        self.entries_of(case).filter(move |entry| covers(entry, delivery))
    }

    /// Whether a case is expected to fail in some delivery.
    pub fn expects(&self, case: &str) -> bool {
        self.entries_of(case).next().is_some()
    }

    /// Whether a case is expected to fail in this delivery with a failure of this summary.
    #[cfg(feature = "command")]
    pub(super) fn excuses(&self, case: &str, delivery: Delivery, summary: &str) -> bool {
        self.entries_in(case, delivery).any(|entry| names(entry, summary))
    }

    /// The known failure that a result matches; a flaky case matches also if it passes.
    pub fn known(&self, result: &CaseResult) -> Option<Known> {
        let summary = result.failure.as_ref().map_or_else(String::new, Failure::summary);
        let entry = self.entries_in(&result.case, result.delivery).find(|entry| match result.verdict {
            Verdict::Fail | Verdict::Warn => names(entry, &summary),
            Verdict::Pass => entry.flaky && result.facts.is_empty(),
            Verdict::Info | Verdict::Skip | Verdict::Error => false,
        })?;
        Some(Known { reason: entry.reason.clone(), link: entry.link.clone(), flaky: entry.flaky })
    }

    /// Whether a fact of a result differs from run to run: the case passes, and its entry is flaky.
    pub fn varies(&self, result: &CaseResult, fact: &str) -> bool {
        matches!(result.verdict, Verdict::Pass | Verdict::Info)
            && self.entries_in(&result.case, result.delivery).any(|entry| entry.flaky && names(entry, fact))
    }

    /// Stale entries, for cases that pass in every delivery that the entry is about, and unmatched entries, which match no
    /// case of the suite.
    ///
    /// A filtered run judges only the selected cases, each shard a part of the entries. A run without all standard
    /// deliveries, one that varies the cases, or one over other protocols alone reports no stale entries.
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
                let of_case = || results.iter().filter(|r| r.case == id);
                // A case that is skipped has one result for all deliveries.
                let is_skipped = of_case().all(|r| r.verdict == Verdict::Skip);
                let covered: Vec<_> = of_case().filter(|r| covers(entry, r.delivery)).collect();
                // A second pass plays only some cases.
                let is_played = entry.protocols.is_empty() || !covered.is_empty();
                if !entry.flaky
                    && selection.variation.is_none()
                    && selection.has_protocols(&entry.protocols)
                    && !is_skipped
                    && is_played
                    && selection.has_deliveries(&entry.deliveries)
                    && covered.iter().all(|r| matches!(r.verdict, Verdict::Pass | Verdict::Info))
                {
                    stale.push(KnownFailure { case: id.into(), ..entry.clone() });
                }
            }
        }
        (stale, unmatched)
    }
}

/// Whether an entry is about a delivery.
fn covers(entry: &KnownFailure, delivery: Delivery) -> bool {
    let is_its_cut = entry.deliveries.is_empty() || entry.deliveries.contains(&delivery.kind());
    is_its_cut && (entry.protocols.is_empty() || entry.protocols.contains(&delivery.protocol))
}

/// Whether an entry is about what this text says.
fn names(entry: &KnownFailure, text: &str) -> bool {
    entry.fails.as_ref().is_none_or(|part| text.contains(part.as_str()))
}

#[cfg(test)]
mod tests;
