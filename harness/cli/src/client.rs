//! `ssespec client`: one client, without a folder.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Launch, Rerun, Run};

use super::Status;
use super::arguments::HowToRun;
use super::run::{execute, show, usage};
use super::{launch, shell};

/// Run one client, without a folder.
///
/// The command starts an adapter: a program that reads orders on stdin and reports on stdout what the client shows, one
/// JSON object a line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec client -- python3 adapter.py
  ssespec client --reference
  ssespec client --browser firefox --filter 'client/reconnect/*'
  ssespec client --page --bind 0.0.0.0
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
    #[arg(last = true, value_name = "COMMAND", required_unless_present_any = ["reference", "browser", "page"])]
    command: Vec<String>,
    /// Run the reference client of this harness instead of a command
    #[arg(long, conflicts_with = "command")]
    reference: bool,
    /// Start a browser and run it: chromium, firefox or webkit
    #[arg(long, value_name = "NAME", conflicts_with_all = ["command", "reference"])]
    browser: Option<String>,
    /// Run whatever browser opens the URL that is printed
    #[arg(long, conflicts_with_all = ["command", "reference", "browser"])]
    page: bool,
    /// Serve the page and the streams at this address of this machine, for browsers on other devices; 0.0.0.0 stands
    /// for the address by which this machine reaches others
    #[arg(long, value_name = "ADDRESS", requires = "page", conflicts_with_all = ["ipv6", "reference", "browser", "command"])]
    bind: Option<IpAddr>,
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
    let address = match arguments.bind.map(launch::address).transpose() {
        Ok(address) => address.unwrap_or_else(|| how.address()),
        Err(error) => return usage(&error),
    };
    let mut words = how.rerun_options();
    let launch = if arguments.reference {
        words.push("--reference".into());
        Launch::Client(ssespec_reference::client())
    } else if let Some(name) = &arguments.browser {
        words.extend(["--browser".into(), name.clone()]);
        match launch::browser(name) {
            Ok(launch) => launch,
            Err(error) => return usage(&error),
        }
    } else if arguments.page {
        words.push("--page".into());
        words.extend(arguments.bind.iter().flat_map(|address| ["--bind".into(), address.to_string()]));
        launch::page()
    } else {
        words.push("--".into());
        words.extend(arguments.command.iter().cloned());
        launch::command(arguments.command, PathBuf::from("."))
    };
    let run = Run {
        corpus,
        lanes: how.lanes(&launch),
        launch,
        selection: how.selection(),
        baseline,
        patience: how.patience(),
        address,
        barrier: how.barrier(),
        rerun: Rerun::Command(shell::words(words.iter().map(String::as_str))),
    };
    let (status, results) = execute(&run, how.output.as_deref(), how.format).await;
    show(results.as_slice(), how.format, status)
}
