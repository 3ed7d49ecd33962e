//! `ssespec server -- COMMAND`: runs the cases for servers with an adapter.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Launch, Rerun, Run};
use ssespec::session::Patience;
use ssespec_cases::Corpus;
use ssespec_mock_server::wire::BarrierMode;
use ssespec_reports::results::{Role, Shard};

use crate::commands::server::arguments::ProbeArguments;
use crate::error::CommandError;
use crate::execute;
use crate::options::execution::{FailFastOption, lanes};
use crate::options::remote::RemoteOption;
use crate::options::selection::CaseSelection;
use crate::options::values::duration_text;
use crate::shell_quoting::command_line;
use crate::status::Status;
use crate::{launch, list, output};

/// Options for runs with an adapter.
#[derive(Debug, Clone, Args)]
pub(crate) struct AdapterOptions {
    /// Test the built-in reference server instead of a command
    #[arg(long, conflicts_with_all = ["command", "url"])]
    pub(crate) reference: bool,
    /// Use the cases in this folder (DIR/server/GROUP/NAME.toml, or simply
    /// DIR/NAME.toml) instead of the built-in cases
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub(crate) cases: Option<PathBuf>,
    /// Run only part I of N of the selected cases, to split a run across machines; `ssespec report` merges the
    /// results. A part without cases succeeds
    #[arg(long, value_name = "I/N", conflicts_with = "url")]
    pub(crate) shard: Option<Shard>,
    /// How many sessions are busy at the same time, 1 to 64 [default: two per core]
    #[arg(
        short,
        long,
        alias = "lanes",
        value_name = "N",
        conflicts_with = "url",
        value_parser = clap::value_parser!(u16).range(1..=64)
    )]
    jobs: Option<u16>,
    /// Check the adapter that COMMAND starts instead of the server: what works of what it claims, what to mend, and what each
    /// further capability would let be played
    #[arg(long, requires = "command", conflicts_with_all = ["reference", "url"])]
    check: bool,
    #[command(flatten)]
    fail_fast: FailFastOption,
    #[command(flatten)]
    remote: RemoteOption,
}

/// Runs the cases with the adapter that a command starts.
pub(crate) async fn perform(
    command: Vec<String>,
    options: &AdapterOptions,
    selection: &CaseSelection,
    common: &ProbeArguments,
) -> Result<Status, CommandError> {
    let corpus = selection.corpus()?;
    if common.listing.list {
        output::print(&list::cases(Role::Server, &corpus, &selection.selection())?);
        return Ok(Status::Success);
    }
    let timeout = common.timeout;
    let baseline = match common.baseline.as_deref().map(read_baseline).transpose()? {
        Some(baseline) => match (&options.cases, Corpus::embedded()) {
            (Some(_), Ok(embedded)) => baseline.for_corpus(&corpus, &embedded),
            _ => baseline,
        },
        None => Baseline::default(),
    };
    let default = Patience::default();
    let patience = if timeout == default.observation {
        default
    } else {
        Patience { observation: timeout, request: timeout * 3 }
    };
    let mut words = Vec::new();
    let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if let Some(folder) = &options.cases {
        add("--cases", folder.display().to_string());
    }
    if patience != default {
        add("--timeout", duration_text(timeout));
    }
    for suite in &selection.suite {
        add("--suite", suite.clone());
    }
    let launch = if options.reference {
        words.push("--reference".into());
        Launch::Server(ssespec_reference::server())
    } else {
        words.extend(options.remote.word());
        words.push("--".into());
        words.extend(command.iter().cloned());
        launch::server_command(command, PathBuf::from("."), options.remote.reach())
    };
    let mut selected = selection.selection();
    selected.deciding = common.strict.deciding(selected.deciding);
    selected.until = options.fail_fast.until();
    let run = Run {
        corpus: Arc::new(corpus),
        lanes: lanes(options.jobs, &launch),
        launch,
        selection: selected,
        baseline,
        patience,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: None,
        deaths: common.strict.deaths(),
        rerun: Rerun::Server(command_line(words)),
    };
    if options.check {
        return execute::adapter_check::execute(&run).await;
    }
    let outcome = execute::cases::execute(&run, common.output.as_deref(), common.format.chosen()).await?;
    outcome.print(common.format.chosen(), common.timings)
}
