//! A suite: an implementation under test, and the options that its author sets.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, FormatSetting, Trial as Test};
use ssespec_cases::load::CorpusError;
use ssespec_cases::{Capability, Corpus};
use ssespec_mock_server::wire::BarrierMode;
#[cfg(feature = "own-cases")]
use ssespec_reports::results::Deciding;
use ssespec_reports::terminal::{Color, Style};

use super::cargo_target;
use super::error::SuiteError;
use super::known::BaselineFile;
use super::trial::Trials;
#[cfg(feature = "write-baseline")]
use super::write::Writer;
use crate::adapter::in_process::client::{Client, ClientSession, Observer};
use crate::adapter::in_process::function::{Function, Outcome};
#[cfg(feature = "server")]
use crate::adapter::in_process::server::{Server, ServerSession};
use crate::adapter::panics::{self, Printed};
use crate::protocol::ConnectRequest;
use crate::run::{Deaths, Launch, Plan, Rerun, Run, Selection};
use crate::session::Patience;

/// An implementation under test, and how it is tested.
///
/// `S` is the argument of its function, one for each session.
#[derive(Debug)]
pub struct Suite<S> {
    function: Function<S>,
    options: Options,
}

/// A client under test, made by [`client`].
pub type ClientSuite = Suite<ClientSession>;

/// A server under test, made by [`server`].
#[cfg(feature = "server")]
pub type ServerSuite = Suite<ServerSession>;

/// A suite for a client that is an async function: it is called once per session, with where to connect and where to
/// report, and is done when it returns. If it returns an error, that is reported as the last of the session.
///
/// Each test runs on a fresh tokio runtime.
pub fn client<F, R>(name: &str, client: F) -> ClientSuite
where
    F: Fn(ConnectRequest, Observer) -> R + Send + Sync + 'static,
    R: Future<Output: Outcome> + Send + 'static,
{
    Suite { function: Client::client(name, client), options: Options::default() }
}

/// A suite for a server that is driven by an async function: it is called once per session, says where the session's
/// streams are served, follows orders, and returns when [`ServerSession::next`] gives `None`. Everything that it
/// served may be gone then.
///
/// Each test runs on a fresh tokio runtime.
#[cfg(feature = "server")]
pub fn server<F, R>(name: &str, server: F) -> ServerSuite
where
    F: Fn(ServerSession) -> R + Send + Sync + 'static,
    R: Future<Output: Outcome> + Send + 'static,
{
    Suite { function: Server::server(name, server), options: Options::default() }
}

impl<S> Suite<S> {
    /// Sets what the implementation's API can reach; cases that need more are ignored, with the reason.
    #[must_use]
    pub fn capabilities(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.function.identity_mut().capabilities = capabilities.into_iter().collect();
        self
    }

    /// Names a file of known failures. Its path is relative to the folder of the package's Cargo.toml, where cargo
    /// runs tests.
    ///
    /// ```toml
    /// [[known-failure]]
    /// case = "client/reconnect/delay-*"
    /// reason = "retry is read once per connection"
    /// link = "https://github.com/owner/name/issues/1"
    /// ```
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.options.baseline = Some(file.into());
        self
    }

    /// Runs the cases of a folder, all of which decide, instead of the built-in ones (feature `own-cases`, on by default).
    #[cfg(feature = "own-cases")]
    #[must_use]
    pub fn cases(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options.cases = Some(folder.into());
        self.options.selection.deciding = Deciding::Failures;
        self
    }

    /// Runs only the cases of these suites, all of which then decide the exit status. By default all cases run, and
    /// those of the standards (`whatwg`, `http`) decide.
    #[must_use]
    pub fn suites(mut self, suites: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.selection.suites = suites.into_iter().map(Into::into).collect();
        self
    }
}

impl<S> Suite<S>
where
    Launch: From<Function<S>>,
{
    /// Runs the suite with the arguments of the command line, those of any Rust test (`-- --help` lists them).
    ///
    /// The exit status is 0 if everything is as expected, 101 if a test failed and 2 if a file has a mistake.
    pub fn main(self) -> ExitCode {
        let capabilities = self.function.identity().capabilities.clone();
        self.options.main(Launch::from(self.function), &capabilities)
    }
}

/// The settings of a suite.
#[derive(Debug, Default)]
struct Options {
    baseline: Option<PathBuf>,
    #[cfg(feature = "own-cases")]
    cases: Option<PathBuf>,
    selection: Selection,
}

/// Exit status for wrong usage or a file with mistakes.
const USAGE: u8 = 2;

impl Options {
    /// Runs the suite with the arguments of the command line.
    fn main(self, launch: Launch, capabilities: &BTreeSet<Capability>) -> ExitCode {
        let mut arguments = Arguments::from_args();
        // Most cases spend most of their time waiting.
        arguments.test_threads.get_or_insert_with(default_threads);
        // Running a single case usually means debugging it.
        panics::listen(if arguments.exact { Printed::Yes } else { Printed::No });
        self.run(launch, capabilities, arguments).unwrap_or_else(|error| {
            let message = error.to_string();
            // Nothing can run.
            let heading = if message.starts_with("error: ") { "" } else { "error: " };
            let _ = writeln!(std::io::stderr(), "{heading}{message}");
            ExitCode::from(USAGE)
        })
    }

    fn run(
        self,
        launch: Launch,
        capabilities: &BTreeSet<Capability>,
        mut arguments: Arguments,
    ) -> Result<ExitCode, SuiteError> {
        #[cfg(feature = "write-baseline")]
        let writer = Writer::new(self.baseline.as_deref())?.filter(|_| !arguments.list).map(Arc::new);
        #[cfg(not(feature = "write-baseline"))]
        if std::env::var_os("SSESPEC_WRITE_BASELINE").is_some() {
            return Err(SuiteError::CannotWrite);
        }
        let (trials, mut tests) = self.tests(
            launch,
            capabilities,
            &arguments,
            #[cfg(feature = "write-baseline")]
            writer.clone(),
        )?;
        if !arguments.list {
            // The name that selects a test exactly has no word for its kind.
            if let (true, [], Some(name)) = (arguments.exact, &arguments.skip[..], &arguments.filter) {
                tests.retain(|test| test.name() == name);
                arguments.exact = false;
                arguments.filter = None;
            }
            if !arguments.exact {
                let is_known =
                    |test: &Test| trials.run.baseline.expects(test.name()) && !test.has_ignored_flag();
                let kind = |test: Test| if is_known(&test) { test.with_kind(KNOWN) } else { test };
                tests = tests.into_iter().map(kind).collect();
            }
        }
        let conclusion = libtest_mimic::run(&arguments, tests);
        #[cfg(feature = "write-baseline")]
        if let Some(writer) = writer {
            writer.write(&trials.run.corpus, &trials.run.baseline, &trials.run.selection)?;
        }
        Ok(conclusion.exit_code())
    }

    /// The cases that are run.
    #[cfg(feature = "own-cases")]
    fn corpus(&self) -> Result<Corpus, CorpusError> {
        self.cases.as_deref().map_or_else(Corpus::embedded, Corpus::load)
    }

    /// The cases that are run.
    #[cfg(not(feature = "own-cases"))]
    fn corpus(&self) -> Result<Corpus, CorpusError> {
        Corpus::embedded()
    }

    /// The tests: one for each case, and one for the baseline.
    fn tests(
        self,
        launch: Launch,
        capabilities: &BTreeSet<Capability>,
        arguments: &Arguments,
        #[cfg(feature = "write-baseline")] writer: Option<Arc<Writer>>,
    ) -> Result<(Arc<Trials>, Vec<Test>), SuiteError> {
        let corpus = Arc::new(self.corpus()?);
        let baseline = self.baseline.map(BaselineFile::read).transpose()?;
        let plan = Plan::of_role(launch.role(), &corpus, &self.selection, capabilities);
        let run = Run {
            corpus: Arc::clone(&corpus),
            launch,
            selection: self.selection,
            baseline: baseline.as_ref().map(|file| file.baseline.clone()).unwrap_or_default(),
            patience: Patience::default(),
            lanes: 1,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            barrier: BarrierMode::Auto,
            tls: None,
            deaths: Deaths::Counted,
            rerun: Rerun::CargoTest(cargo_target::words()),
        };
        let baseline = baseline.map(Arc::new);
        let trials = Arc::new(Trials {
            run,
            baseline: baseline.clone(),
            style: style(arguments),
            #[cfg(feature = "write-baseline")]
            writer,
        });
        let mut played: Vec<&str> = plan.trials.iter().map(|trial| trial.case.id.as_str()).collect();
        played.sort_unstable();
        played.dedup();
        if !arguments.list {
            // Failures often show as timeouts, and long waits should start early.
            played.sort_by_key(|id| !trials.run.baseline.expects(id));
        }
        let mut tests = Vec::new();
        for id in played {
            let (trials, case) = (Arc::clone(&trials), id.to_owned());
            tests.push(Test::ignorable_test(id, move || trials.play(&case)));
        }
        // The flag hides the reason, so it is only set for lists, which tell nextest what to skip, and for `--ignored`.
        let flag = arguments.list || arguments.ignored || arguments.include_ignored;
        for skipped in plan.skipped {
            let reason = skipped.reason.to_string();
            let test =
                Test::ignorable_test(&skipped.trial.case.id, move || Ok(Completion::ignored_with(reason)));
            tests.push(test.with_ignored_flag(flag));
        }
        if let Some(baseline) = baseline {
            // A filter selects the entries that are about the same cases.
            for pattern in baseline.unmatched(&corpus) {
                if arguments.filter.as_ref().is_some_and(|filter| pattern.contains(filter.as_str())) {
                    let (baseline, corpus) = (Arc::clone(&baseline), Arc::clone(&corpus));
                    tests.push(Test::test(format!("baseline {pattern}"), move || {
                        baseline.check_patterns(&corpus)
                    }));
                }
            }
            tests.push(Test::test("baseline", move || baseline.check_patterns(&corpus)));
        }
        Ok((trials, tests))
    }
}

/// What is printed before the name of a test whose failure is known.
const KNOWN: &str = "known failure";

/// The default limit of parallel tests.
const THREADS: usize = 12;

fn default_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores * 4).min(THREADS)
}

/// How failures look. Without a terminal, libtest-mimic removes colors from everything except JSON.
fn style(arguments: &Arguments) -> Style {
    let color = if arguments.format == Some(FormatSetting::Json) { Color::Plain } else { Color::Ansi };
    Style { color, ..Style::default() }
}
