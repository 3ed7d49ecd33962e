//! The suite under `cargo test`: every case is a test with a name, filters and `--list` as for any other.
//!
//! ```no_run
//! // tests/conformance.rs, with `harness = false` in Cargo.toml
//! use ssespec::Capability;
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::client("my-client", |request, observer| async move {
//!         // connect to request.url, and for every event
//!         observer.event(ssespec::Event { data: Some("..".into()), ..Default::default() });
//!     })
//!     .capabilities([Capability::Reconnect])
//!     .baseline("tests/ssespec.toml")
//!     .main()
//! }
//! ```

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial as Test};
use ssespec_cases::{Capability, Corpus};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::fold::{CaseOutcome, Outcome};
use ssespec_reports::results::{CaseResult, KnownFailure, Record};
use ssespec_reports::terminal::{Style, failure};

use crate::adapter::in_process::{Client, Observer, Outcome as ClientOutcome};
use crate::implementation::read_baseline;
use crate::protocol::ConnectRequest;
use crate::run::{Baseline, Launch, Plan, Rerun, Run, Selection, baseline::id_glob};
use crate::session::Patience;

/// A client under test, and how it is tested.
#[derive(Debug)]
pub struct ClientSuite {
    client: Client,
    baseline: Option<PathBuf>,
    cases: Option<PathBuf>,
    selection: Selection,
}

/// A suite for a client that is an async function: it is called once a session, with where to connect and where to
/// report, and is done when it returns.
pub fn client<F, R>(name: &str, client: F) -> ClientSuite
where
    F: Fn(ConnectRequest, Observer) -> R + Send + Sync + 'static,
    R: Future<Output: ClientOutcome> + Send + 'static,
{
    ClientSuite {
        client: Client::new(name, client),
        baseline: None,
        cases: None,
        selection: Selection::default(),
    }
}

impl ClientSuite {
    /// What the client's API can reach; cases that need more are ignored, with the reason.
    #[must_use]
    pub fn capabilities(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.client.identity_mut().capabilities = capabilities.into_iter().collect();
        self
    }

    /// The client's version, for reports.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.client.identity_mut().version = version.into();
        self
    }

    /// A file of known failures, relative to the folder in which the tests run.
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.baseline = Some(file.into());
        self
    }

    /// A folder of cases instead of those that are built in.
    #[must_use]
    pub fn cases(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cases = Some(folder.into());
        self
    }

    /// Which suites decide; those of the standards where none is named.
    #[must_use]
    pub fn suites(mut self, suites: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.suites = suites.into_iter().map(Into::into).collect();
        self
    }

    /// Runs the suite with the arguments of the command line.
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        match self.tests() {
            Ok(tests) => libtest_mimic::run(&arguments, tests).exit_code(),
            Err(message) => {
                // Nothing can be run, and nobody else can say so.
                use std::io::Write as _;
                let _ = writeln!(std::io::stderr(), "error: {message}");
                ExitCode::from(2)
            }
        }
    }

    /// The tests: one a case, and one for the baseline.
    fn tests(self) -> Result<Vec<Test>, String> {
        let corpus = match &self.cases {
            Some(folder) => Corpus::load(folder),
            None => Corpus::embedded(),
        };
        let corpus = Arc::new(corpus.map_err(|error| error.to_string())?);
        let baseline = match self.baseline.as_deref().map(read_baseline).transpose() {
            Ok(baseline) => baseline.unwrap_or_default(),
            Err(error) => return Err(error.to_string()),
        };
        let plan = Plan::new(&corpus, &self.selection, &self.client.identity().capabilities);
        let run = Run {
            corpus: Arc::clone(&corpus),
            launch: Launch::InProcess(self.client),
            selection: self.selection,
            baseline: baseline.clone(),
            patience: Patience::default(),
            lanes: 1,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            barrier: BarrierMode::Auto,
            rerun: Rerun::CargoTest,
        };
        let mut tests: Vec<Test> = Vec::new();
        let mut ids: Vec<&str> = plan.trials.iter().map(|trial| trial.case.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let (run, id) = (only(&run, id)?, id.to_owned());
            tests.push(Test::test(id.clone(), move || play(&run, &id)));
        }
        for skipped in plan.skipped {
            let lacking: Vec<&str> = skipped.lacking.iter().map(|capability| capability.name()).collect();
            let reason = format!("needs {}", lacking.join(", "));
            tests.push(Test::ignorable_test(skipped.trial.case.id.clone(), move || {
                Ok(libtest_mimic::Completion::ignored_with(reason))
            }));
        }
        tests.push(Test::test("baseline", move || unmatched(&baseline, &corpus)));
        Ok(tests)
    }
}

/// The run of a single case.
fn only(run: &Run, id: &str) -> Result<Run, String> {
    let mut run = run.clone();
    let glob = id_glob(&globset::escape(id)).map_err(|error| error.to_string())?;
    run.selection.filters = vec![glob.compile_matcher()];
    Ok(run)
}

/// A known failure that no case has is a mistake in the baseline.
fn unmatched(baseline: &Baseline, corpus: &Corpus) -> Result<(), Failed> {
    let (_, unmatched) = baseline.judge(&[], corpus, &Selection::default());
    if unmatched.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = unmatched.iter().map(|entry: &KnownFailure| format!("  {}", entry.case)).collect();
    Err(format!("known failures that match no case; correct or remove them:\n{}", list.join("\n")).into())
}

/// Plays one case in all deliveries.
fn play(run: &Run, id: &str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Failed::from(error.to_string()))?;
    let mut results: Vec<CaseResult> = Vec::new();
    let mut stale = false;
    let conclusion = runtime.block_on(run.execute(&mut |record| match record {
        Record::Result(result) => results.push(*result),
        Record::Footer(footer) => stale = !footer.stale.is_empty(),
        Record::Header(_) => {}
    }));
    conclusion.map_err(|error| Failed::from(error.to_string()))?;
    let Some(case) = CaseOutcome::of(&results) else {
        return Err(format!("{id} gave no result").into());
    };
    if stale {
        return Err(format!("{id} is a known failure and passes: take it out of the baseline").into());
    }
    match case.outcome() {
        Outcome::Fail if !run.selection.decides(case.suite()) => Ok(()),
        Outcome::Fail | Outcome::Error => {
            let requirements: Vec<_> = run.corpus.requirements.values().map(crate::run::requirement_record).collect();
            Err(failure(&requirements, &case, Style::default()).into())
        }
        _ => Ok(()),
    }
}
