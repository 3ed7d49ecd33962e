//! The suite under `cargo test`: every case is a test with a name, filters and `--list` as for any other.
//!
//! ```no_run
//! // tests/conformance.rs, with `harness = false` for this test in Cargo.toml
//! use ssespec::{Capability, Event};
//! # struct Source;
//! # struct Message { name: String, data: String }
//! # impl Source { async fn next(&mut self) -> Option<Result<Message, std::io::Error>> { None } fn close(self) {} }
//! # fn connect(url: &str) -> Source { Source }
//!
//! fn main() -> std::process::ExitCode {
//!     ssespec::client("my-client", |request, observer| async move {
//!         let mut source = connect(&request.url);
//!         while let Some(item) = observer.until_close(source.next()).await {
//!             match item {
//!                 Ok(message) => observer.event(Event::new(message.data).kind(message.name)),
//!                 Err(error) => observer.error(error),
//!             }
//!         }
//!         source.close();
//!     })
//!     .capabilities([Capability::Reconnect, Capability::Close, Capability::Errors, Capability::EventType])
//!     .baseline("tests/ssespec.toml")
//!     .main()
//! }
//! ```
//!
//! A test passes where its case does, and fails with all that a maintainer needs: requirement, step, expected and
//! observed, the bytes, the command that runs it again. What is neither is `ignored`, with its reason: a known failure,
//! a `should` that does not hold, a failure in a suite that does not decide, a capability that is lacking.
//!
//! A server is tested in the same way, see [`server`](mod@server).
//!
//! A known failure that passes fails its test, and entries of the baseline that match no case fail the test `baseline`.

mod known;
pub mod server;
mod target;
mod trial;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, FormatSetting, Trial as Test};
use ssespec_cases::{Capability, Corpus};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::terminal::{Color, Style};

use crate::adapter::in_process::{Client, Observer, Outcome};
use crate::adapter::panics::{self, Printed};
use crate::protocol::ConnectRequest;
use crate::run::{Launch, Plan, Rerun, Run, Selection};
use crate::session::Patience;
use known::BaselineFile;
use trial::Trials;

/// A client under test, and how it is tested.
#[derive(Debug)]
pub struct ClientSuite {
    client: Client,
    suite: Suite,
}

/// A suite for a client that is an async function: it is called once a session, with where to connect and where to
/// report, and is done when it returns. An error that it returns is reported as the last of the session.
///
/// It runs on a tokio runtime of its own, a fresh one for each test.
pub fn client<F, R>(name: &str, client: F) -> ClientSuite
where
    F: Fn(ConnectRequest, Observer) -> R + Send + Sync + 'static,
    R: Future<Output: Outcome> + Send + 'static,
{
    ClientSuite { client: Client::new(name, client), suite: Suite::default() }
}

impl ClientSuite {
    /// What the client's API can reach; cases that need more are ignored, with the reason.
    #[must_use]
    pub fn capabilities(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.client.identity_mut().capabilities = capabilities.into_iter().collect();
        self
    }

    /// A file of known failures. Its path is relative to the folder in which the test runs, which for cargo is that of
    /// the package's Cargo.toml.
    ///
    /// ```toml
    /// [[known-failure]]
    /// case = "client/reconnect/delay-*"
    /// reason = "retry is read once per connection"
    /// link = "https://github.com/owner/name/issues/1"
    /// ```
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.suite.baseline = Some(file.into());
        self
    }

    /// A folder of cases instead of those that are built in.
    #[must_use]
    pub fn cases(mut self, folder: impl Into<PathBuf>) -> Self {
        self.suite.cases = Some(folder.into());
        self
    }

    /// Runs the cases of these suites only, all of which decide then. Where none is named all cases run, and those of
    /// the standards (`whatwg`, `http`) decide.
    #[must_use]
    pub fn suites(mut self, suites: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.suite.selection.suites = suites.into_iter().map(Into::into).collect();
        self
    }

    /// Runs the suite with the arguments of the command line, those of any Rust test (`-- --help` lists them).
    ///
    /// The exit status is 0 where all is as expected, 101 where a test failed and 2 where a file has a mistake.
    pub fn main(self) -> ExitCode {
        let capabilities = self.client.identity().capabilities.clone();
        self.suite.main(Launch::InProcess(self.client), &capabilities)
    }
}

/// How an implementation is tested, whatever its role.
#[derive(Debug, Default)]
struct Suite {
    baseline: Option<PathBuf>,
    cases: Option<PathBuf>,
    selection: Selection,
}

/// Exit status for wrong usage or a file with mistakes.
const USAGE: u8 = 2;

impl Suite {
    /// Runs the suite with the arguments of the command line.
    fn main(self, launch: Launch, capabilities: &BTreeSet<Capability>) -> ExitCode {
        let mut arguments = Arguments::from_args();
        // Most cases wait for something most of the time.
        arguments.test_threads.get_or_insert_with(default_threads);
        // Who runs a single case looks for what is wrong with it.
        panics::listen(if arguments.exact { Printed::Yes } else { Printed::No });
        match self.tests(launch, capabilities, &arguments) {
            Ok(tests) => libtest_mimic::run(&arguments, tests).exit_code(),
            Err(message) => {
                // Nothing can be run, and nobody else can say so.
                let heading = if message.starts_with("error: ") { "" } else { "error: " };
                let _ = writeln!(std::io::stderr(), "{heading}{message}");
                ExitCode::from(USAGE)
            }
        }
    }

    /// The tests: one a case, and one for the baseline.
    fn tests(
        self,
        launch: Launch,
        capabilities: &BTreeSet<Capability>,
        arguments: &Arguments,
    ) -> Result<Vec<Test>, String> {
        let corpus = match &self.cases {
            Some(folder) => Corpus::load(folder),
            None => Corpus::embedded(),
        };
        let corpus = Arc::new(corpus.map_err(|error| error.to_string())?);
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
            rerun: Rerun::CargoTest(target::words()),
        };
        let baseline = baseline.map(Arc::new);
        let trials = Arc::new(Trials { run, baseline: baseline.clone(), style: style(arguments) });
        let mut played: Vec<&str> = plan.trials.iter().map(|trial| trial.case.id.as_str()).collect();
        played.sort_unstable();
        played.dedup();
        if !arguments.list {
            // A failure is often noticed by waiting in vain, and long waits are best begun early.
            played.sort_by_key(|id| !trials.run.baseline.expects(id));
        }
        let mut tests = Vec::new();
        for id in played {
            let (trials, case) = (Arc::clone(&trials), id.to_owned());
            tests.push(Test::ignorable_test(id, move || trials.play(&case)));
        }
        // The flag keeps libtest-mimic from asking for the reason. It is for lists, by which nextest knows what to leave
        // out, and for `--ignored`.
        let flag = arguments.list || arguments.ignored || arguments.include_ignored;
        for skipped in plan.skipped {
            let lacking: Vec<&str> = skipped.lacking.iter().map(|capability| capability.word()).collect();
            let reason = format!("needs {}", lacking.join(", "));
            let test =
                Test::ignorable_test(&skipped.trial.case.id, move || Ok(Completion::ignored_with(reason)));
            tests.push(test.with_ignored_flag(flag));
        }
        if let Some(baseline) = baseline {
            tests.push(Test::test("baseline", move || baseline.check_patterns(&corpus)));
        }
        Ok(tests)
    }
}

/// The most tests that run side by side without being asked for.
const THREADS: usize = 12;

fn default_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores * 4).min(THREADS)
}

/// How failures look. Where there is no terminal, libtest-mimic takes the colour out of all but JSON.
fn style(arguments: &Arguments) -> Style {
    let color = if arguments.format == Some(FormatSetting::Json) { Color::Plain } else { Color::Ansi };
    Style { color, ..Style::default() }
}
