//! `ssespec mock`: serves a case or scenarios to curl, a debugger or a browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ssespec::manual::{self, Notice, Rounds};
use ssespec_cases::Script;
use ssespec_diagnostics::Source;
use ssespec_mock_server::scenario::format::read;
use ssespec_mock_server::scenario::journal::Entry;
use ssespec_mock_server::scenario::server::Server;
use ssespec_mock_server::scenario::{FieldMatch, Route, Scenario};
use ssespec_reports::visible;
use tokio::sync::mpsc;

use crate::did_you_mean::UnknownName;
use crate::error::CommandError;
use crate::options::selection::corpus;
use crate::output;
use crate::signals::interrupted;
use crate::status::Status;

/// Serve scenarios, or a single case, to any client.
///
/// The first line of the output is the URL; the rest is the journal. A signal (Ctrl-C) ends the server with status 0.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec mock mock-server/examples/drop-and-resume.toml     then: curl -N URL/stream
  ssespec mock scenario.toml --port 8080 --bind 0.0.0.0
  ssespec mock scenario.toml --format json --color never | jq .
  ssespec mock --case client/resume/newest-id-on-every-reconnect
  ssespec mock --cases my-cases --case client/mine/first --once

A case waits for requests (from curl -N URL, or a client) and prints what the client should do or report next. After the \
    last step, the next request to the same URL starts the case again.")]
pub(crate) struct Arguments {
    /// Scenario files; the first route that matches a request handles it
    #[arg(value_name = "FILE", required_unless_present = "case")]
    files: Vec<PathBuf>,
    /// Serve this case instead: wait for its requests and print what the client should do or report next
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    case: Option<String>,
    /// Use the cases in this folder instead of the built-in cases
    #[arg(long, value_name = "DIR", requires = "case", conflicts_with = "files")]
    cases: Option<PathBuf>,
    /// Exit after the last step of the case
    #[arg(long, requires = "case", conflicts_with = "files")]
    once: bool,
    /// The port; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// The address; other machines can reach the server only if it is not a loopback address
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// How to print the journal
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: JournalFormat,
}

/// How a journal is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum JournalFormat {
    /// One line per entry, for people
    Text,
    /// One JSON object per line
    Json,
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    match &arguments.case {
        Some(id) => serve_case(&arguments, id).await,
        None => serve_scenarios(&arguments).await,
    }
}

impl Arguments {
    fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    fn bind_error(&self, source: std::io::Error) -> CommandError {
        CommandError::Bind { address: self.address(), source }
    }
}

async fn serve_case(arguments: &Arguments, id: &str) -> Result<Status, CommandError> {
    let corpus = corpus(arguments.cases.as_deref())?;
    let Some(case) = corpus.cases.get(id) else {
        return Err(UnknownName::case(id, corpus.cases.keys().map(String::as_str)).into());
    };
    let Script::Client(script) = &case.script else {
        return Err(CommandError::ServerCase(id.to_owned()));
    };
    let mut print = |notice: Notice| {
        output::print(&match arguments.format {
            JournalFormat::Text => format!("{notice}\n"),
            JournalFormat::Json => format!("{}\n", notice.json()),
        });
    };
    let stopped = interrupted();
    let rounds = if arguments.once { Rounds::One } else { Rounds::Endless };
    tokio::select! {
        served = manual::serve(script, arguments.address(), rounds, &mut print) => {
            served.map_err(|error| arguments.bind_error(error))?;
        }
        // A signal is the usual way to end a server. Dropping it closes its ports and connections.
        () = stopped => {}
    }
    Ok(Status::Success)
}

async fn serve_scenarios(arguments: &Arguments) -> Result<Status, CommandError> {
    let scenarios =
        arguments.files.iter().map(|file| scenario(file)).collect::<Result<Vec<Scenario>, _>>()?;
    let routes: Vec<String> = scenarios.iter().flat_map(|scenario| &scenario.routes).map(describe).collect();
    let stopped = interrupted();
    let (entries, mut journal) = mpsc::unbounded_channel::<Entry>();
    let server = Server::start(arguments.address(), scenarios, entries).await;
    let server = server.map_err(|error| arguments.bind_error(error))?;
    output::print(&match arguments.format {
        JournalFormat::Text => format!("{}\n", server.url()),
        JournalFormat::Json => format!("{}\n", serde_json::json!({ "listening": server.url() })),
    });
    output::note(&format!("routes:\n  {}", routes.join("\n  ")));
    let print = async {
        while let Some(entry) = journal.recv().await {
            output::print(&match arguments.format {
                JournalFormat::Text => format!("{}\n", entry.line()),
                JournalFormat::Json => format!("{}\n", serde_json::json!(entry)),
            });
        }
    };
    tokio::select! {
        () = print => {}
        () = stopped => {}
    }
    server.shutdown().await;
    Ok(Status::Success)
}

/// A route as a request line with its header fields.
fn describe(route: &Route) -> String {
    let method = route.method.as_ref().map(|method| format!("{method} ")).unwrap_or_default();
    let fields = route.headers.iter().map(|(name, field)| match field {
        FieldMatch::Is(value) => format!("{name}: {value}"),
        FieldMatch::Present => name.clone(),
        FieldMatch::Absent => format!("no {name}"),
    });
    let fields: Vec<String> = fields.collect();
    let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
    visible::line(&format!("{method}{}{with}", route.path), ROUTE)
}

/// The longest route that is printed, in characters.
const ROUTE: usize = 200;

fn scenario(file: &Path) -> Result<Scenario, CommandError> {
    Ok(read(&Source::read(file)?)?)
}
