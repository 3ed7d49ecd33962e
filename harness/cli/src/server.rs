//! `ssespec server`: checks of a server by its URL, or the cases with one that has an adapter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use globset::GlobMatcher;
use ssespec::implementation::read_baseline;
use ssespec::run::{Baseline, Rerun, Selection};
use ssespec_cases::{Corpus, Requirement};
use ssespec_probe::{Check, Content, Length, Options, Probe, Roots, Target, Trust, check_name};

use super::Status;
use super::arguments::{CaseSelection, Format, LevelWord, glob, levels, time, time_words};
use super::output;
use super::run::{show, usage};
use super::{probed, served, shell};

/// Probe a server by the URL of its stream, or run one that has an adapter.
///
/// The checks of a URL are black boxes: requests, and what comes back. A probe takes as long as its longest observation,
/// about 35 s; what it cannot see is skipped with its reason.
///
/// The command starts an adapter: a program that reads on stdin what the server shall send, and reports on stdout what
/// becomes of it, one JSON object a line. With it the cases for servers run.
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
  ssespec server --baseline known.toml http://127.0.0.1:8080/events
  ssespec server --list
  ssespec server --reference
  ssespec server -- node adapter.mjs
  ssespec server --filter 'server/events/*' --baseline known.toml --lanes 1 -- ./adapter
  ssespec server --cases my-cases -- ./adapter

A failure of the suites whatwg and http decides the exit status, unless --suite names others.")]
pub(super) struct Arguments {
    /// The URL of an event stream
    #[arg(value_name = "URL", required_unless_present_any = ["list", "command", "reference"])]
    url: Option<String>,
    /// The command that starts a server's adapter
    #[arg(
        last = true,
        value_name = "COMMAND",
        conflicts_with_all = ["url", "header", "data", "path", "emit", "quick", "ca", "insecure", "list"]
    )]
    command: Vec<String>,
    #[command(flatten)]
    with_command: served::Options,
    /// A header field of every request, in place of ours of the same name; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Ask for the stream by POST, with this content, or that of a file: JSON, unless a --header has another content-type.
    /// About 80 requests are sent
    #[arg(long, value_name = "TEXT or @FILE")]
    data: Option<String>,
    /// Another path for one check; may be repeated
    #[arg(long, value_name = "CHECK=PATH", value_parser = path)]
    path: Vec<(String, String)>,
    /// A command for the shell, or a URL that gets a POST, that makes the server emit an event
    #[arg(long, value_name = "COMMAND or URL")]
    emit: Option<String>,
    /// How long to wait for an answer, such as 5s or 300ms
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "5s")]
    timeout: Duration,
    /// Leave out what takes more than 5 s
    #[arg(long)]
    quick: bool,
    /// Trust the certificates of this PEM file, and those that they have signed, instead of those that browsers trust
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Trust every certificate
    #[arg(long)]
    insecure: bool,
    /// Only checks or cases whose id matches this pattern; may be repeated. `*` stands for any characters
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    filter: Vec<GlobMatcher>,
    /// Only checks or cases of this suite, which then decides the exit status; may be repeated
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Only checks or cases of this level; may be repeated
    #[arg(long, value_name = "LEVEL")]
    level: Vec<LevelWord>,
    /// List the checks instead
    #[arg(long)]
    list: bool,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// Also write the results file (JSON Lines) here
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The value of an option that is a field.
fn header(text: &str) -> Result<(String, String), String> {
    let Some((name, value)) = text.split_once(':') else {
        return Err("expected a name, a colon and a value".into());
    };
    probed::check_field(name, value)?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

/// The value of an option that is a path for a check.
fn path(text: &str) -> Result<(String, String), String> {
    let Some((id, path)) = text.split_once('=') else { return Err("expected a check, = and a path".into()) };
    let name = check_name(id);
    probed::check_path(name, path)?;
    Ok((name.to_owned(), path.to_owned()))
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    if arguments.with_command.reference || !arguments.command.is_empty() {
        return with_command(arguments).await;
    }
    let corpus = match Corpus::embedded() {
        Ok(corpus) => Arc::new(corpus),
        Err(error) => return usage(&error.to_string()),
    };
    let probe = match probe(&arguments, corpus) {
        Ok(probe) => probe,
        Err(error) => return usage(&error),
    };
    if arguments.list {
        output::print(&list(&probe));
        return Status::Fine;
    }
    let (status, results) = probed::execute(&probe, arguments.output.as_deref(), arguments.format).await;
    show(results.as_slice(), arguments.format, status)
}

/// Runs the cases with the adapter that the command starts.
async fn with_command(arguments: Arguments) -> Status {
    let Arguments { command, with_command, timeout, filter, suite, level, format, output, .. } = arguments;
    let selection = CaseSelection { filter, suite, level, cases: with_command.cases.clone() };
    served::perform(command, &with_command, &selection, timeout, (format, output.as_deref())).await
}

fn probe(arguments: &Arguments, corpus: Arc<Corpus>) -> Result<Probe, String> {
    probed::check_selection(&arguments.suite, &arguments.filter)?;
    let roots = match (&arguments.ca, arguments.insecure) {
        (Some(file), _) => Roots::File(file.clone()),
        (None, true) => Roots::All,
        (None, false) => Roots::Public,
    };
    // Only the list goes without a URL.
    let url = arguments.url.clone().unwrap_or_else(|| "http://localhost/".into());
    let target = Target::parse(&url).map_err(|error| error.to_string())?;
    let trust = Trust::new(&roots).map_err(|error| error.to_string())?;
    let emit = arguments.emit.as_deref().map(|text| probed::emit(text, &trust)).transpose()?;
    let content = arguments.data.as_deref().map(|text| Content::read(text, Path::new(".")));
    let content = content.transpose().map_err(|error| format!("--data: {error}"))?;
    let baseline = match arguments.with_command.baseline.as_deref().map(read_baseline) {
        Some(baseline) => baseline.map_err(|error| error.to_string())?,
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
            trust,
        },
        selection: Selection {
            filters: arguments.filter.clone(),
            suites: arguments.suite.clone(),
            levels: levels(&arguments.level),
            ..Selection::default()
        },
        name: url.clone(),
        baseline,
        rerun: Rerun::Server(rerun(arguments, &url)),
        url,
    })
}

/// The words that ask the server in the same way.
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
        add("--timeout", time_words(arguments.timeout));
    }
    words.extend(arguments.insecure.then(|| "--insecure".to_owned()));
    words.extend(arguments.quick.then(|| "--quick".to_owned()));
    words.push(url.to_owned());
    shell::words(words.iter().map(String::as_str))
}

/// The checks, a line each.
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
