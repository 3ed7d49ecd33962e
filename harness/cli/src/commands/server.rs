//! `ssespec server`: runs the cases with a server that has an adapter, or probes one by its URL.

mod adapter;
pub(crate) mod arguments;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Rerun, Selection};
use ssespec_cases::Corpus;
use ssespec_probe::{Content, HttpVersion, Length, Options, Probe, Roots, Strictness, Target, Trust};
use ssespec_reports::results::Deciding;

use crate::commands::server::adapter::AdapterOptions;
use crate::commands::server::arguments::ProbeArguments;
use crate::error::CommandError;
use crate::execute;
use crate::list;
use crate::options::level::levels;
use crate::options::selection::CaseSelection;
use crate::options::values::duration_text;
use crate::output;
use crate::probe_input::{check_selection, emit_trigger};
use crate::shell_quoting::command_line;
use crate::status::Status;

/// Test a server that has an adapter.
///
/// COMMAND starts the adapter: a program that reads from stdin what the server should send and reports the result on stdout,
/// one JSON object per line. `ssespec probe URL` checks a server that runs, without an adapter.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec server -- node adapter.mjs
  ssespec server --check -- node adapter.mjs
  ssespec server --reference
  ssespec server --filter 'server/events/*' --baseline known.toml --jobs 1 --timeout 10s -- ./adapter
  ssespec server --cases my-cases -- ./adapter
  ssespec server --allow-remote -- ./adapter-of-a-container
  ssespec server --list --suite http --level must --cases cases
  ssespec server --strict --fail-fast --timings -- ./adapter
  ssespec server --shard 1/3 --output shard-1.jsonl -- ./adapter
  ssespec server --format junit --color never -- ./adapter > junit.xml

Only failures in the suites whatwg and http affect the exit status, unless --suite selects others.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    adapter: AdapterOptions,
    #[command(flatten)]
    probe: ProbeArguments,
    // The last field, because clap counts positional arguments in this order and `last` must have the highest.
    /// The command that starts the server's adapter
    #[arg(
        last = true,
        value_name = "COMMAND",
        conflicts_with_all = ["url", "header", "data", "path", "emit", "quick", "ca", "insecure", "direct"]
    )]
    command: Vec<String>,
}

/// The options that only a probe has.
pub(crate) const PROBE_OPTIONS: [&str; 9] =
    ["url", "header", "data", "path", "emit", "quick", "ca", "insecure", "direct"];

/// How long a quick probe takes at most.
const QUICK: Duration = Duration::from_secs(5);

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let Arguments { command, adapter, probe } = arguments;
    let has_adapter = adapter.reference || !command.is_empty();
    let lists_cases = probe.listing.list && (adapter.cases.is_some() || adapter.shard.is_some());
    if has_adapter || lists_cases {
        return with_adapter(command, adapter, probe).await;
    }
    match &probe.url {
        Some(_) => output::note("note: `ssespec probe URL` is the command for this"),
        None if probe.listing.list => {
            output::note(
                "note: these are the checks of `ssespec probe`; with `-- COMMAND`, --list lists cases",
            );
        }
        None => return Err(CommandError::NoServer),
    }
    perform_probe(probe).await
}

/// Probes the server at a URL.
pub(crate) async fn perform_probe(arguments: ProbeArguments) -> Result<Status, CommandError> {
    if arguments.url.is_none() && !arguments.listing.list {
        return Err(CommandError::NoUrl);
    }
    let probe = probe(&arguments, Arc::new(Corpus::embedded()?))?;
    if arguments.listing.list {
        output::print(&list::checks(&probe)?);
        return Ok(Status::Success);
    }
    let direct = arguments.direct.as_deref().map(Target::parse).transpose()?;
    let outcome =
        execute::probe::execute(&probe, direct, arguments.output.as_deref(), arguments.format.chosen())
            .await?;
    outcome.print(arguments.format.chosen(), arguments.timings)
}

/// Runs the cases with the adapter that the command starts.
async fn with_adapter(
    command: Vec<String>,
    adapter: AdapterOptions,
    common: ProbeArguments,
) -> Result<Status, CommandError> {
    let selection = CaseSelection {
        filter: common.filter.clone(),
        suite: common.suite.clone(),
        level: common.level.clone(),
        cases: adapter.cases.clone(),
        shard: adapter.shard,
    };
    adapter::perform(command, &adapter, &selection, &common).await
}

fn probe(arguments: &ProbeArguments, corpus: Arc<Corpus>) -> Result<Probe, CommandError> {
    check_selection(&arguments.suite, &arguments.filter)?;
    let roots = match (&arguments.ca, arguments.insecure) {
        (Some(file), _) => Roots::File(file.clone()),
        (None, true) => Roots::All,
        (None, false) => Roots::Public,
    };
    // Only --list works without a URL.
    let url = arguments.url.clone().unwrap_or_else(|| "http://localhost/".into());
    let target = Target::parse(&url)?;
    // A password is no part of the server's name.
    let target_name = match target.userinfo {
        Some(_) => format!("{}{}", target.origin(), target.path),
        None => url.clone(),
    };
    let trust = Trust::new(&roots)?;
    let emit = arguments.emit.as_deref().map(|text| emit_trigger(text, &trust)).transpose()?;
    let content = arguments.data.as_deref().map(|text| Content::read(text, Path::new(".")));
    let content = content.transpose()?;
    let baseline = match &arguments.baseline {
        Some(file) => read_baseline(file)?,
        None => Baseline::default(),
    };
    Ok(Probe {
        corpus,
        options: Options {
            target,
            headers: arguments.header.clone(),
            content,
            paths: arguments.path.iter().cloned().collect::<BTreeMap<_, _>>(),
            emit,
            timeout: arguments.timeout,
            length: if arguments.quick { Length::Quick } else { Length::Full },
            limit: arguments.quick.then_some(QUICK),
            trust,
            version: HttpVersion::default(),
        },
        selection: Selection {
            filters: arguments.filter.clone(),
            suites: arguments.suite.clone(),
            levels: levels(&arguments.level),
            deciding: arguments.strict.deciding(Deciding::Suites),
            ..Selection::default()
        },
        name: target_name,
        baseline,
        rerun: Rerun::Probe(rerun(arguments, &url)),
        strictness: if arguments.strict.is_set() { Strictness::Strict } else { Strictness::Usual },
        url,
    })
}

/// The arguments of a command that probes the server in the same way.
fn rerun(arguments: &ProbeArguments, url: &str) -> String {
    let mut words = Vec::new();
    let mut add = |name: &str, value: String| words.extend([name.to_owned(), value]);
    for (name, value) in &arguments.header {
        add("--header", format!("{name}: {value}"));
    }
    if let Some(data) = &arguments.data {
        add("--data", data.clone());
    }
    for (name, path) in &arguments.path {
        add("--path", format!("{name}={path}"));
    }
    if let Some(emit) = &arguments.emit {
        add("--emit", emit.clone());
    }
    if let Some(file) = &arguments.ca {
        add("--ca", file.display().to_string());
    }
    if arguments.timeout != Duration::from_secs(5) {
        add("--timeout", duration_text(arguments.timeout));
    }
    words.extend(arguments.insecure.then(|| "--insecure".to_owned()));
    words.extend(arguments.quick.then(|| "--quick".to_owned()));
    words.push(url.to_owned());
    command_line(words)
}
