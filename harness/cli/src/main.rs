//! The `ssespec` command: what it understands, and its exit status.
//!
//! - [`arguments`]: options shared by commands
//! - [`recorder`]: the results file and progress, while a run goes on
//! - [`output`]: what is printed
//! - [`launch`]: how an implementation is started
//! - [`suggest`], [`shell`]: what may have been meant, and commands to type
//! - a module for each command

mod arguments;
mod cases;
mod check;
mod client;
mod explain;
mod launch;
mod mock;
mod output;
mod probed;
mod qr;
mod recorder;
mod report;
mod requirements;
mod run;
mod schema;
mod served;
mod server;
mod shell;
mod suggest;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// The conformance test suite and mock server for Server-Sent Events.
#[derive(Debug, Parser)]
#[command(name = "ssespec", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Begin with:
  ssespec client --reference                  see what a run looks like
  ssespec client -- python3 adapter.py        test your client (the README says what an adapter is)
  ssespec server http://localhost:8080/events see what your server gets wrong
  ssespec mock --case client/close/while-open serve one case for curl or a debugger
  ssespec COMMAND --help                      each option, with examples

Exit status: 0 conforming (or as the baseline says), 1 not, 2 wrong usage, file or nothing selected, 3 the implementation \
    could not be run or a verdict was `error`, 130 interrupted.")]
struct Command {
    #[command(subcommand)]
    verb: Verb,
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = LAST)]
    color: arguments::Color,
}

/// Where options stand in a help that are of no command in particular.
const LAST: usize = 900;

// What each does is said by its arguments.
#[derive(Debug, Subcommand)]
enum Verb {
    Run(run::Arguments),
    Client(client::Arguments),
    Server(server::Arguments),
    Mock(mock::Arguments),
    Cases(cases::Arguments),
    Explain(explain::Arguments),
    Check(check::Arguments),
    Requirements(requirements::Arguments),
    Report(report::ReportArguments),
    Diff(report::DiffArguments),
    Schema(schema::Arguments),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// As expected.
    Fine,
    /// Not conforming, or files differ.
    NotConforming,
    /// Wrong usage, file or nothing selected.
    Usage,
    /// The implementation could not be run.
    NotRun,
    /// A signal ended the run.
    Interrupted,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Fine => 0,
            Status::NotConforming => 1,
            Status::Usage => 2,
            Status::NotRun => 3,
            Status::Interrupted => 130,
        })
    }
}

/// How long tasks may take to end when the command is over.
const WIND_DOWN: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let command = Command::parse();
    command.color.apply();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error(&format!("no async runtime: {error}"));
            return Status::NotRun.into();
        }
    };
    let status = runtime.block_on(async {
        match command.verb {
            // For a server a signal is the usual end.
            Verb::Mock(arguments) => mock::perform(arguments).await,
            verb => tokio::select! {
                status = perform(verb) => status,
                // Whatever runs is dropped, and with it every process that it started.
                () = interrupted() => {
                    output::error("interrupted");
                    Status::Interrupted
                }
            },
        }
    });
    runtime.shutdown_timeout(WIND_DOWN);
    status.into()
}

async fn perform(verb: Verb) -> Status {
    match verb {
        Verb::Run(arguments) => run::perform(arguments).await,
        Verb::Client(arguments) => client::perform(arguments).await,
        Verb::Server(arguments) => server::perform(arguments).await,
        Verb::Mock(arguments) => mock::perform(arguments).await,
        Verb::Report(arguments) => report::report(&arguments),
        Verb::Diff(arguments) => report::diff(&arguments),
        Verb::Cases(arguments) => cases::perform(&arguments),
        Verb::Explain(arguments) => explain::perform(&arguments),
        Verb::Check(arguments) => check::perform(&arguments),
        Verb::Requirements(arguments) => requirements::perform(&arguments),
        Verb::Schema(arguments) => schema::perform(&arguments),
    }
}

/// A future that waits for a signal that asks the command to end. From this call on a signal does not kill it.
#[cfg(unix)]
fn interrupted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    async {
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// A future that waits for Ctrl-C.
#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
