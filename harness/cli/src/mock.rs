//! `ssespec mock`: a case or scenarios, served by hand for curl, a debugger or a browser.

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

use super::arguments::corpus;
use super::output;
use super::run::usage;
use super::suggest::no_such_case;
use super::{Status, interrupted};

/// Serve a case or scenarios by hand.
///
/// The first line of the output is the URL, the rest is the journal. A signal (Ctrl-C) ends the server, with status 0.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec mock mock-server/examples/drop-and-resume.toml     then: curl -N URL/stream
  ssespec mock scenario.toml --port 8080 --bind 0.0.0.0
  ssespec mock scenario.toml --format json --color never | jq .
  ssespec mock --case client/resume/newest-id-on-every-reconnect
  ssespec mock --cases my-cases --case client/mine/first --once

A case awaits its requests (curl -N URL, or the client), and says what the client should do or show next. When it is \
    played the next request begins it again, at the same URL.")]
pub(super) struct Arguments {
    /// Scenario files; the first route that matches a request serves it
    #[arg(value_name = "FILE", required_unless_present = "case")]
    files: Vec<PathBuf>,
    /// Serve this case instead: await its requests, and say what the client should do or show next
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    case: Option<String>,
    /// Take the case from this folder instead of those built in
    #[arg(long, value_name = "DIR", requires = "case", conflicts_with = "files")]
    cases: Option<PathBuf>,
    /// End after the case was played once
    #[arg(long, requires = "case", conflicts_with = "files")]
    once: bool,
    /// The port; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// The address; other machines reach the server only where it is not loopback
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// How the journal is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: JournalFormat,
}

/// How a journal is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum JournalFormat {
    /// A line for people each
    Text,
    /// A JSON object a line
    Json,
}

pub(super) async fn perform(arguments: Arguments) -> Status {
    match &arguments.case {
        Some(id) => by_case(&arguments, id).await,
        None => by_scenario(&arguments).await,
    }
}

impl Arguments {
    fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    fn cannot_listen(&self, problem: &std::io::Error) -> Status {
        usage(&format!("cannot listen on {}: {problem}", self.address()))
    }
}

async fn by_case(arguments: &Arguments, id: &str) -> Status {
    let corpus = match corpus(arguments.cases.as_deref()) {
        Ok(corpus) => corpus,
        Err(error) => return usage(&error),
    };
    let Some(case) = corpus.cases.get(id) else {
        return usage(&no_such_case(id, corpus.cases.keys().map(String::as_str)));
    };
    let Script::Client(script) = &case.script else {
        return usage(&format!(
            "{id} is a case for servers, which the mock server has no part in; `ssespec server --filter {id} -- COMMAND` \
             runs it with a server's adapter"
        ));
    };
    let mut notify = |notice: Notice| {
        output::print(&match arguments.format {
            JournalFormat::Text => format!("{notice}\n"),
            JournalFormat::Json => format!("{}\n", notice.json()),
        });
    };
    let stopped = interrupted();
    let rounds = if arguments.once { Rounds::One } else { Rounds::Endless };
    tokio::select! {
        served = manual::serve(script, arguments.address(), rounds, &mut notify) => match served {
            Ok(()) => Status::Fine,
            Err(error) => arguments.cannot_listen(&error),
        },
        // For a server this is the usual end. Its ports and connections go with it.
        () = stopped => Status::Fine,
    }
}

async fn by_scenario(arguments: &Arguments) -> Status {
    let scenarios: Vec<Scenario> = match arguments.files.iter().map(|file| scenario(file)).collect() {
        Ok(scenarios) => scenarios,
        Err(error) => return usage(&error),
    };
    let routes: Vec<String> = scenarios.iter().flat_map(|scenario| &scenario.routes).map(route).collect();
    let stopped = interrupted();
    let (tell, mut journal) = mpsc::unbounded_channel::<Entry>();
    let server = match Server::start(arguments.address(), scenarios, tell).await {
        Ok(server) => server,
        Err(error) => return arguments.cannot_listen(&error),
    };
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
    Status::Fine
}

/// A route as one would ask for it.
fn route(route: &Route) -> String {
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

/// The most characters of a route.
const ROUTE: usize = 200;

fn scenario(file: &Path) -> Result<Scenario, String> {
    let source = Source::read(file).map_err(|error| error.to_string())?;
    read(&source).map_err(|mistakes| mistakes.to_string())
}
