//! `ssespec server`: probes a server by its URL, or runs the cases with a server that has an adapter.

mod adapter;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use globset::GlobMatcher;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Rerun, Selection};
use ssespec_cases::{Corpus, Requirement};
use ssespec_probe::{Check, Content, Length, Options, Probe, Roots, Strictness, Target, Trust, check_name};

use crate::commands::server::adapter::AdapterOptions;
use crate::error::CommandError;
use crate::execute;
use crate::options::format::Format;
use crate::options::level::{LevelWord, levels};
use crate::options::selection::CaseSelection;
use crate::options::values::{duration, duration_text, glob};
use crate::output;
use crate::probe_input::{ProbeInputError, check_field, check_path, check_selection, emit_trigger};
use crate::shell_quoting::command_line;
use crate::status::Status;

/// Probe a server at a URL, or test one that has an adapter.
///
/// With URL, the checks are black-box: they send requests and examine the responses. A probe takes as long as its slowest
/// check, about 35 s. Checks that cannot observe what they need are skipped, with the reason.
///
/// With COMMAND, the cases for servers run. COMMAND starts an adapter: a program that reads from stdin what the server
/// should send and reports the result on stdout, one JSON object per line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec server http://127.0.0.1:8080/events
  ssespec server --quick --header 'authorization: Bearer secret' https://example.com/events
  ssespec server --quick --data @request.json --header 'authorization: Bearer secret' https://example.com/v1/chat
  ssespec server --emit 'curl -s http://127.0.0.1:8080/publish' http://127.0.0.1:8080/events
  ssespec server --path error-status=/forbidden --path no-content=/finished http://127.0.0.1:8080/events
  ssespec server --filter 'server/probe/resume*' --timeout 10s http://127.0.0.1:8080/events
  ssespec server --suite http --level must --format junit --output results.jsonl --color never http://127.0.0.1:8080/
  ssespec server --ca certificate.pem https://localhost:8443/events
  ssespec server --insecure https://localhost:8443/events
  ssespec server --strict http://127.0.0.1:8080/events
  ssespec server --baseline known.toml http://127.0.0.1:8080/events
  ssespec server --list
  ssespec server --reference
  ssespec server -- node adapter.mjs
  ssespec server --filter 'server/events/*' --baseline known.toml --lanes 1 -- ./adapter
  ssespec server --cases my-cases -- ./adapter
  ssespec server --shard 1/3 --output shard-1.jsonl -- ./adapter

Only failures in the suites whatwg and http affect the exit status, unless --suite selects others.")]
pub(crate) struct Arguments {
    /// The URL of an event stream
    #[arg(value_name = "URL", required_unless_present_any = ["list", "command", "reference"])]
    url: Option<String>,
    /// The command that starts the server's adapter
    #[arg(
        last = true,
        value_name = "COMMAND",
        conflicts_with_all = ["url", "header", "data", "path", "emit", "quick", "strict", "ca", "insecure", "list"]
    )]
    command: Vec<String>,
    #[command(flatten)]
    adapter: AdapterOptions,
    /// Send this header field with every request, replacing the default field of the same name; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Open the stream with POST and this content, or the content of FILE. The content type is JSON unless --header sets
    /// another. About 80 requests are sent
    #[arg(long, value_name = "TEXT or @FILE")]
    data: Option<String>,
    /// Use another path for one check; may be repeated
    #[arg(long, value_name = "CHECK=PATH", value_parser = path)]
    path: Vec<(String, String)>,
    /// Make the server emit an event by running this shell command or sending a POST to this URL
    #[arg(long, value_name = "COMMAND or URL")]
    emit: Option<String>,
    /// How long to wait for a response, such as 5s or 300ms
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5s")]
    timeout: Duration,
    /// End after 5 s, and skip the checks that were not judged by then
    #[arg(long)]
    quick: bool,
    /// Let every failure and warning of a probe decide the exit status, whatever its suite, and a probe that saw too little
    #[arg(long)]
    strict: bool,
    /// Trust the certificates in this PEM file, and those they signed, instead of those that browsers trust
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
    /// Run only checks or cases whose id matches this pattern; may be repeated. `*` matches any characters, including `/`
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    filter: Vec<GlobMatcher>,
    /// Run only checks or cases of this suite, and let it decide the exit status; may be repeated
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Run only checks or cases of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<LevelWord>,
    /// List the checks instead of running them
    #[arg(long)]
    list: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// Also write the results file (JSON Lines) here
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How long a quick probe takes at most.
const QUICK: Duration = Duration::from_secs(5);

/// Parses a header field.
fn header(text: &str) -> Result<(String, String), ProbeInputError> {
    let (name, value) = text.split_once(':').ok_or(ProbeInputError::Field)?;
    check_field(name, value)?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

/// Parses a path for a check.
fn path(text: &str) -> Result<(String, String), ProbeInputError> {
    let (id, path) = text.split_once('=').ok_or(ProbeInputError::PathOfCheck)?;
    let name = check_name(id);
    check_path(name, path)?;
    Ok((name.to_owned(), path.to_owned()))
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    if arguments.adapter.reference || !arguments.command.is_empty() {
        return with_adapter(arguments).await;
    }
    let probe = probe(&arguments, Arc::new(Corpus::embedded()?))?;
    if arguments.list {
        output::print(&list(&probe));
        return Ok(Status::Success);
    }
    let outcome = execute::probe::execute(&probe, arguments.output.as_deref(), arguments.format).await?;
    outcome.print(arguments.format)
}

/// Runs the cases with the adapter that the command starts.
async fn with_adapter(arguments: Arguments) -> Result<Status, CommandError> {
    let Arguments { command, adapter, timeout, filter, suite, level, format, output, .. } = arguments;
    let selection =
        CaseSelection { filter, suite, level, cases: adapter.cases.clone(), shard: adapter.shard };
    adapter::perform(command, &adapter, &selection, timeout, (format, output.as_deref())).await
}

fn probe(arguments: &Arguments, corpus: Arc<Corpus>) -> Result<Probe, CommandError> {
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
    let baseline = match &arguments.adapter.baseline {
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
        },
        selection: Selection {
            filters: arguments.filter.clone(),
            suites: arguments.suite.clone(),
            levels: levels(&arguments.level),
            ..Selection::default()
        },
        name: target_name,
        baseline,
        rerun: Rerun::Server(rerun(arguments, &url)),
        strictness: if arguments.strict { Strictness::Strict } else { Strictness::Usual },
        url,
    })
}

/// The arguments of a command that probes the server in the same way.
fn rerun(arguments: &Arguments, url: &str) -> String {
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

/// The checks, one per line.
fn list(probe: &Probe) -> String {
    let checks = probe.checks();
    let width = checks.iter().map(|(check, _)| check.id().len()).max().unwrap_or_default();
    let line = |(check, requirement): &(Check, Requirement)| {
        let level = requirement.judged().word();
        let needs: String = check.needs.iter().map(|need| format!(" ({})", need.note())).collect();
        format!("{:<width$}  {level:<6} {}{needs}\n", check.id(), check.title)
    };
    checks.iter().map(line).collect()
}
