//! `ssespec server -- COMMAND`: the cases for servers, with one that has an adapter.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Launch, Rerun, Run};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;

use super::Status;
use super::arguments::{CaseSelection, Format, lanes, time_words};
use super::run::{execute, show, usage};
use super::{launch, shell};

/// Options of runs with an adapter; known failures there are of probes too.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Run the reference server of this harness instead of a command
    #[arg(long, conflicts_with_all = ["command", "url", "list"])]
    pub(super) reference: bool,
    /// With a command: take the cases from this folder instead of those built in, the TOML files below its server/
    #[arg(long, value_name = "DIR", conflicts_with_all = ["url", "list"])]
    pub(super) cases: Option<PathBuf>,
    /// With a command: how many adapters run side by side, 1 to 64 [default: two per core]
    #[arg(long, value_name = "N", conflicts_with_all = ["url", "list"], value_parser = clap::value_parser!(u16).range(1..=64))]
    lanes: Option<u16>,
    /// A file of known failures, or an ssespec.toml
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(super) baseline: Option<PathBuf>,
}

/// Runs the cases with the adapter that a command starts.
pub(super) async fn perform(
    command: Vec<String>,
    options: &Options,
    selection: &CaseSelection,
    timeout: Duration,
    (format, output): (Format, Option<&Path>),
) -> Status {
    let corpus = match selection.corpus() {
        Ok(corpus) => corpus,
        Err(error) => return usage(&error),
    };
    let baseline = match options.baseline.as_deref().map(read_baseline) {
        Some(Ok(baseline)) => match (&options.cases, Corpus::embedded()) {
            (Some(_), Ok(embedded)) => baseline.for_corpus(&corpus, &embedded),
            _ => baseline,
        },
        Some(Err(error)) => return usage(&error.to_string()),
        None => Baseline::default(),
    };
    let usual = Patience::default();
    let patience = if timeout == usual.observation {
        usual
    } else {
        Patience { observation: timeout, request: timeout * 3 }
    };
    let mut words = Vec::new();
    let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if let Some(folder) = &options.cases {
        add("--cases", folder.display().to_string());
    }
    if patience != usual {
        add("--timeout", time_words(timeout));
    }
    for suite in &selection.suite {
        add("--suite", suite.clone());
    }
    let launch = if options.reference {
        words.push("--reference".into());
        Launch::Server(ssespec_reference::server())
    } else {
        words.push("--".into());
        words.extend(command.iter().cloned());
        launch::server(command, PathBuf::from("."))
    };
    let run = Run {
        corpus: Arc::new(corpus),
        lanes: lanes(options.lanes, &launch),
        launch,
        selection: selection.selection(),
        baseline,
        patience,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        rerun: Rerun::Server(shell::words(words.iter().map(String::as_str))),
    };
    let (status, results) = execute(&run, output, format).await;
    show(results.as_slice(), format, status)
}
