//! The `ssespec` command: its subcommands, signals, and exit status.
//!
//! - [`commands`]: a module for each subcommand
//! - [`options`]: options that several subcommands share
//! - [`mod@execute`]: runs cases or probes, with progress
//! - [`probe_input`]: checks what users specify for a probe
//! - [`list`]: what `--list` prints
//! - [`launch`]: how to start an implementation
//! - [`results_file`]: reads results files
//! - [`recorder`]: the results file and progress, during a run
//! - [`output`], [`render`]: what is printed
//! - [`mod@html`]: the folder of a site, and what the cases add to it
//! - [`issues`]: failures as issues for other trackers; [`step_summary`]: where GitHub Actions wants a summary
//! - [`documents`]: the requirements as reports show them
//! - [`templates`]: adapters to begin with
//! - [`error`], [`status`]: errors and exit statuses
//! - [`did_you_mean`], [`shell_quoting`]: suggestions, and commands to copy

mod authority_file;
mod commands;
mod did_you_mean;
mod documents;
mod error;
mod execute;
mod html;
mod issues;
mod launch;
mod list;
mod options;
mod output;
mod probe_input;
mod qr_code;
mod recorder;
mod render;
mod results_file;
mod shell_quoting;
mod signals;
mod status;
mod step_summary;
mod templates;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{
    cases, check, client, completions, explain, init, mock, probe, proxy, record, report, requirements, run,
    schema, server,
};
use crate::error::CommandError;
use crate::options::color::Color;
use crate::signals::interrupted;
use crate::status::Status;

/// A conformance test suite and mock server for Server-Sent Events.
#[derive(Debug, Parser)]
#[command(name = "ssespec", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Get started:
  ssespec client --reference                  see what a run looks like
  ssespec init python                         write an adapter for your client (--role server for a server)
  ssespec client -- python3 adapter.py        test your client (the manual explains adapters)
  ssespec probe http://localhost:8080/events  check your server
  ssespec mock --case client/close/while-open serve one case to curl or a debugger
  ssespec COMMAND --help                      show all options, with examples

Exit status: 0 if the implementation conforms (or matches its baseline), 1 if not, 2 for wrong usage, an invalid file or an \
    empty selection, 3 if the implementation could not be run or a verdict was `error`, 130 if interrupted.")]
struct Command {
    #[command(subcommand)]
    subcommand: Subcommands,
    /// When to color the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = LAST)]
    color: Color,
}

/// The display order of global options: after the options of a subcommand.
const LAST: usize = 900;

// The arguments of each subcommand document it.
#[derive(Debug, Subcommand)]
enum Subcommands {
    Run(run::Arguments),
    Client(client::Arguments),
    Server(server::Arguments),
    Probe(probe::Arguments),
    Proxy(proxy::Arguments),
    Init(init::Arguments),
    Mock(mock::Arguments),
    Record(record::Arguments),
    Cases(cases::Arguments),
    Explain(explain::Arguments),
    Check(check::Arguments),
    Requirements(requirements::Arguments),
    Report(report::ReportArguments),
    Diff(report::DiffArguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// How long tasks may take to end after the command is done.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// The command line, as the help and the completions describe it.
fn command_line() -> clap::Command {
    // The former way to start a probe still works.
    Command::command().mut_subcommand("server", |server| {
        server.mut_args(|option| {
            let is_of_a_probe = server::PROBE_OPTIONS.contains(&option.get_id().as_str());
            option.hide(is_of_a_probe)
        })
    })
}

fn main() -> ExitCode {
    let matches = command_line().get_matches();
    let command = Command::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    command.color.apply();
    let status = execute(command.subcommand).unwrap_or_else(|error| {
        error.report();
        error.status()
    });
    status.into()
}

fn execute(subcommand: Subcommands) -> Result<Status, CommandError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CommandError::Runtime)?;
    let result = runtime.block_on(async {
        match subcommand {
            // A signal is the usual way to end a server.
            Subcommands::Mock(arguments) => mock::perform(arguments).await,
            // It writes what it has.
            Subcommands::Record(arguments) => record::perform(arguments).await,
            subcommand => tokio::select! {
                result = perform(subcommand) => result,
                // Dropping the run ends every process that it started.
                () = interrupted() => {
                    output::error("interrupted");
                    Ok(Status::Interrupted)
                }
            },
        }
    });
    runtime.shutdown_timeout(SHUTDOWN);
    result
}

async fn perform(subcommand: Subcommands) -> Result<Status, CommandError> {
    match subcommand {
        Subcommands::Run(arguments) => run::perform(arguments).await,
        Subcommands::Client(arguments) => client::perform(arguments).await,
        Subcommands::Server(arguments) => server::perform(arguments).await,
        Subcommands::Probe(arguments) => probe::perform(arguments).await,
        Subcommands::Proxy(arguments) => proxy::perform(arguments).await,
        Subcommands::Init(arguments) => init::perform(&arguments),
        Subcommands::Mock(arguments) => mock::perform(arguments).await,
        Subcommands::Record(arguments) => record::perform(arguments).await,
        Subcommands::Report(arguments) => report::report(&arguments),
        Subcommands::Diff(arguments) => report::diff(&arguments),
        Subcommands::Cases(arguments) => cases::perform(&arguments),
        Subcommands::Explain(arguments) => explain::perform(&arguments),
        Subcommands::Check(arguments) => check::perform(&arguments),
        Subcommands::Requirements(arguments) => requirements::perform(&arguments),
        Subcommands::Schema(arguments) => Ok(schema::perform(&arguments)),
        Subcommands::Completions(arguments) => completions::perform(&arguments, command_line()),
    }
}
