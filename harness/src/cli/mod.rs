//! The `ssespec` command: what it understands, and its exit status.
//!
//! - [`arguments`]: options shared by commands
//! - [`output`]: progress while a run goes on, and its renderings
//! - a module for each command

mod arguments;
mod cases;
mod check;
mod client;
mod explain;
mod mock;
mod output;
mod report;
mod run;
mod schema;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// The conformance test suite and mock server for Server-Sent Events.
#[derive(Debug, Parser)]
#[command(name = "ssespec", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Exit status: 0 conforming (or as the baseline says), 1 not, 2 wrong usage, file or nothing \
    selected, 3 the implementation could not be run or a verdict was `error`.")]
struct Command {
    #[command(subcommand)]
    verb: Verb,
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: arguments::Color,
}

// What each does is said by its arguments.
#[derive(Debug, Subcommand)]
enum Verb {
    Run(run::Arguments),
    Client(client::Arguments),
    Mock(mock::Arguments),
    Report(report::ReportArguments),
    Diff(report::DiffArguments),
    Cases(cases::Arguments),
    Explain(explain::Arguments),
    Check(check::Arguments),
    #[command(hide = true)]
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

pub(crate) fn main() -> ExitCode {
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
        tokio::select! {
            status = perform(command.verb) => status,
            // Whatever runs is dropped, and with it every process that it started.
            () = interrupted() => Status::Interrupted,
        }
    });
    runtime.shutdown_timeout(WIND_DOWN);
    status.into()
}

async fn perform(verb: Verb) -> Status {
    match verb {
        Verb::Run(arguments) => run::perform(arguments).await,
        Verb::Client(arguments) => client::perform(arguments).await,
        Verb::Mock(arguments) => mock::perform(arguments).await,
        Verb::Report(arguments) => report::report(&arguments),
        Verb::Diff(arguments) => report::diff(&arguments),
        Verb::Cases(arguments) => cases::perform(&arguments),
        Verb::Explain(arguments) => explain::perform(&arguments),
        Verb::Check(arguments) => check::perform(&arguments),
        Verb::Schema(arguments) => schema::perform(&arguments),
    }
}

/// Waits for a signal that asks the command to end. The mock server takes it as its usual end instead.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
