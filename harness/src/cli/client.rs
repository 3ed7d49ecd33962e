//! `ssespec client`: one client, without a folder.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ssespec::adapter::process::Command;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Launch, Rerun, Run};

use super::Status;
use super::arguments::HowToRun;
use super::run::{execute, show, usage};
use super::shell;

/// Run one client, without a folder.
///
/// The command starts an adapter: a program that reads orders on stdin and reports on stdout what the client shows, one
/// JSON object a line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec client -- python3 adapter.py
  ssespec client --reference
  ssespec client --filter 'client/retry/*' --baseline known.toml -- node adapter.mjs
  ssespec client --suite whatwg --level must --delivery whole --lanes 1 --timeout 10s -- ./adapter
  ssespec client --cases my-cases --delivery splits --ipv6 --barrier pause -- ./adapter
  ssespec client --format junit --output results.jsonl --color never -- ./adapter > junit.xml

A file of known failures:
  [[known-failure]]
  case = \"client/retry/*\"
  reason = \"retry is not read\"")]
pub(super) struct Arguments {
    /// The command that starts the adapter
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "reference")]
    command: Vec<String>,
    /// Run the reference client of this harness instead of a command
    #[arg(long, conflicts_with = "command")]
    reference: bool,
    /// A file of known failures, or an ssespec.toml
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    how: HowToRun,
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    let how = &arguments.how;
    let corpus = match how.selection.corpus() {
        Ok(corpus) => Arc::new(corpus),
        Err(error) => return usage(&error),
    };
    let baseline = match arguments.baseline.as_deref().map(read_baseline) {
        Some(Ok(baseline)) => how.baseline(baseline, &corpus),
        Some(Err(error)) => return usage(&error.to_string()),
        None => Baseline::default(),
    };
    let mut words = how.rerun_options();
    let launch = if arguments.reference {
        words.push("--reference".into());
        Launch::InProcess(ssespec::reference::client())
    } else {
        words.push("--".into());
        words.extend(arguments.command.iter().cloned());
        Launch::Process(Command { words: arguments.command, folder: PathBuf::from(".") })
    };
    let run = Run {
        corpus,
        launch,
        selection: how.selection(),
        baseline,
        patience: how.patience(),
        lanes: how.lanes(),
        address: how.address(),
        barrier: how.barrier(),
        rerun: Rerun::Command(shell::words(words.iter().map(String::as_str))),
    };
    let (status, results) = execute(&run, how.output.as_deref(), how.format).await;
    show(results.as_slice(), how.format, status)
}
