//! One test: a case in all its deliveries.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use libtest_mimic::{Completion, Failed};
use ssespec_reports::fold::{CaseOutcome, Outcome};
use ssespec_reports::results::{CaseResult, Delivery, Failure, Role, Verdict};
use ssespec_reports::terminal::{Style, failure};
use ssespec_reports::visible;

use super::known::BaselineFile;
#[cfg(feature = "write-baseline")]
use super::write::Writer;
use crate::delivery::DeliveryKind;
use crate::run::baseline::id_glob;
use crate::run::{Run, RunError, requirement_record};

/// What the tests of a suite share.
#[derive(Debug)]
pub(super) struct Trials {
    /// The run of which each test is a part.
    pub(super) run: Run,
    /// The file of the known failures.
    pub(super) baseline: Option<Arc<BaselineFile>>,
    /// How failures look.
    pub(super) style: Style,
    /// Where results go, if the baseline is to be written.
    #[cfg(feature = "write-baseline")]
    pub(super) writer: Option<Arc<Writer>>,
}

/// Held exclusively by cases whose measurements other cases would disturb.
static QUIET: RwLock<()> = RwLock::new(());

/// The maximum length of a reason next to a test's name, in characters.
const REASON: usize = 200;

impl Trials {
    /// Plays one case in all deliveries.
    pub(super) fn play(&self, id: &str) -> Result<Completion, Failed> {
        let alone = self.run.corpus.cases.get(id).is_some_and(|case| case.isolated);
        let _held = if alone {
            (None, Some(QUIET.write().unwrap_or_else(PoisonError::into_inner)))
        } else {
            (Some(QUIET.read().unwrap_or_else(PoisonError::into_inner)), None)
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let mut selection = self.run.selection.clone();
        selection.filters = vec![id_glob(&globset::escape(id))?.compile_matcher()];
        let mut results: BTreeMap<Delivery, CaseResult> = BTreeMap::new();
        for deliveries in self.parts(id) {
            selection.deliveries = deliveries;
            let played = runtime.block_on(self.run.play_case(&selection)).map_err(|error| not_run(&error))?;
            results.extend(played.into_iter().map(|result| (result.delivery, result)));
            if results.values().any(|result| !matches!(result.verdict, Verdict::Pass | Verdict::Info)) {
                break;
            }
        }
        // Tasks that clients leave behind must not delay other tests.
        runtime.shutdown_background();
        let Some(case) = CaseOutcome::of(results.values()) else {
            return Err(format!("{id} gave no result").into());
        };
        selection.deliveries.clone_from(&self.run.selection.deliveries);
        let ids = self.run.corpus.cases.keys().map(String::as_str);
        let (stale, _) = self.run.baseline.judge(case.results(), ids, &selection);
        #[cfg(feature = "write-baseline")]
        if let Some(writer) = &self.writer {
            writer.take(case.results(), &stale);
        }
        // A failure matters more than an entry that can be removed.
        let failed = matches!(case.outcome(), Outcome::Fail | Outcome::Error);
        match (&self.baseline, stale.is_empty() || failed) {
            (Some(baseline), false) => Err(baseline.stale(id).into()),
            _ => self.judge(&case),
        }
    }

    /// The deliveries in groups that run one after another until one does not pass. A known failure often shows as a
    /// timeout, which need not be repeated in every delivery.
    fn parts(&self, id: &str) -> Vec<Vec<DeliveryKind>> {
        let all = &self.run.selection.deliveries;
        // Server cases have only one delivery.
        let mut known = self.run.baseline.entries_of(id).peekable();
        let is_known_in_all = known.peek().is_some() && known.all(|entry| entry.deliveries.is_empty());
        if is_known_in_all && self.run.launch.role() != Role::Server {
            all.iter().map(|kind| vec![*kind]).collect()
        } else {
            vec![all.clone()]
        }
    }

    fn judge(&self, case: &CaseOutcome<'_>) -> Result<Completion, Failed> {
        let ignored = |why: &str, what: &str| {
            let what = visible::line(&what.split_whitespace().collect::<Vec<_>>().join(" "), REASON);
            Ok(Completion::ignored_with(format!("{why}: {what}")))
        };
        let difference = || case.worst().failure.as_ref().map_or_else(String::new, Failure::summary);
        match (case.outcome(), case.known()) {
            // Its name says that it is known.
            (Outcome::Known | Outcome::Warn, Some(_)) => Ok(Completion::Completed),
            (Outcome::Warn, None) => ignored("warning", &difference()),
            (Outcome::Fail, _) if !self.run.selection.decides(case.suite()) => {
                ignored(&format!("{} does not decide", case.suite()), &difference())
            }
            (Outcome::Fail | Outcome::Error, _) => {
                let requirements: Vec<_> =
                    self.run.corpus.requirements.values().map(requirement_record).collect();
                Err(failure(&requirements, case, self.style).into())
            }
            (Outcome::Known | Outcome::Pass | Outcome::Info | Outcome::Skip, _) => Ok(Completion::Completed),
        }
    }
}

/// The message of a run that could not begin.
fn not_run(error: &RunError) -> Failed {
    match error {
        RunError::Adapter { fault, stderr } => {
            let stderr = visible::last_lines(stderr, 2000, 20).join("\n");
            format!("{fault}\nhelp: {}\n{stderr}", fault.hint()).trim_end().to_owned().into()
        }
        other => other.to_string().into(),
    }
}
