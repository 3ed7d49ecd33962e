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

/// Run one client, without a folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec client -- python3 adapter.py
  ssespec client --reference
  ssespec client --filter 'client/retry/*' --baseline known.toml -- node adapter.mjs")]
pub(super) struct Arguments {
    /// The command that starts the adapter
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "reference")]
    command: Vec<String>,
    /// Run the reference client of this harness instead of a command
    #[arg(long, conflicts_with = "command")]
    reference: bool,
    /// A file of known failures
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    how: HowToRun,
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    let corpus = match arguments.how.selection.corpus() {
        Ok(corpus) => Arc::new(corpus),
        Err(error) => return usage(&error.to_string()),
    };
    let baseline = match arguments.baseline.as_deref().map(read_baseline) {
        Some(Ok(baseline)) => baseline,
        Some(Err(error)) => return usage(&error.to_string()),
        None => Baseline::default(),
    };
    let command = Command { words: arguments.command, folder: PathBuf::from(".") };
    let (launch, rerun) = if arguments.reference {
        (Launch::InProcess(ssespec::reference::client()), Rerun::Command("--reference".into()))
    } else {
        let rerun = Rerun::Command(format!("-- {}", command.display()));
        (Launch::Process(command), rerun)
    };
    let run = Run {
        corpus,
        launch,
        selection: arguments.how.selection(),
        baseline,
        patience: arguments.how.patience(),
        lanes: arguments.how.lanes(),
        address: arguments.how.address(),
        barrier: arguments.how.barrier(),
        rerun,
    };
    let (status, results) = execute(&run, arguments.how.output.as_deref(), arguments.how.format).await;
    show(results.as_slice(), arguments.how.format, status)
}
