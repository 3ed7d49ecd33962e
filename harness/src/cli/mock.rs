//! `ssespec mock`: a case or scenarios, served by hand for curl, a debugger or a browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ssespec::by_hand::{self, Telling};
use ssespec_mock_server::document::Source;
use ssespec_mock_server::scenario::format::read;
use ssespec_mock_server::scenario::journal::Entry;
use ssespec_mock_server::scenario::server::Server;
use tokio::sync::mpsc;

use super::Status;
use super::explain::no_such_case;
use super::output;
use super::run::{embedded_or, usage};

/// Serve a case or scenarios by hand.
///
/// The first line of the output is the URL, the rest is the journal. A signal ends the server.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec mock --case client/resume/after-a-drop     then: curl -N URL
  ssespec mock drop-and-resume.toml --port 8080
  ssespec mock scenario.toml --format json | jq .")]
pub(super) struct Arguments {
    /// Scenario files
    #[arg(value_name = "FILE", required_unless_present = "case")]
    files: Vec<PathBuf>,
    /// Serve this case instead: await its requests, and say what the client should do or show next
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    case: Option<String>,
    /// Take the case from this folder instead of those built in
    #[arg(long, value_name = "DIR", requires = "case")]
    cases: Option<PathBuf>,
    /// End after the case was played once
    #[arg(long, requires = "case")]
    once: bool,
    /// The port; any free one where absent
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
    let address = SocketAddr::new(arguments.bind, arguments.port);
    let served = async {
        match &arguments.case {
            Some(id) => by_case(&arguments, id, address).await,
            None => by_scenario(&arguments, address).await,
        }
    };
    tokio::select! {
        status = served => status,
        // For a server a signal is the usual end.
        () = super::interrupted() => Status::Fine,
    }
}

async fn by_case(arguments: &Arguments, id: &str, address: SocketAddr) -> Status {
    let corpus = match embedded_or(arguments.cases.as_deref()) {
        Ok(corpus) => corpus,
        Err(error) => return usage(&error),
    };
    let Some(case) = corpus.cases.get(id) else {
        return usage(&no_such_case(id, corpus.cases.keys().map(String::as_str)));
    };
    let mut tell = |telling: Telling| {
        output::print(&match arguments.format {
            JournalFormat::Text => format!("{telling}\n"),
            JournalFormat::Json => format!("{}\n", telling.json()),
        });
    };
    loop {
        match by_hand::play(case, address, &mut tell).await {
            Ok(()) if arguments.once => return Status::Fine,
            Ok(()) => {}
            Err(error) => return usage(&format!("{address}: {error}")),
        }
    }
}

async fn by_scenario(arguments: &Arguments, address: SocketAddr) -> Status {
    let mut scenarios = Vec::new();
    for file in &arguments.files {
        let source = match Source::read(file) {
            Ok(source) => source,
            Err(error) => return usage(&error.to_string()),
        };
        match read(&source) {
            Ok(scenario) => scenarios.push(scenario),
            Err(mistakes) => {
                output::note(&mistakes.to_string());
                return usage(&format!("{} cannot be served", file.display()));
            }
        }
    }
    let (tell, mut journal) = mpsc::unbounded_channel::<Entry>();
    let server = match Server::start(address, scenarios, tell).await {
        Ok(server) => server,
        Err(error) => return usage(&format!("{address}: {error}")),
    };
    output::print(&match arguments.format {
        JournalFormat::Text => format!("listening on {}\n", server.url()),
        JournalFormat::Json => format!("{}\n", serde_json::json!({ "listening": server.url() })),
    });
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
        () = super::interrupted() => {}
    }
    server.shutdown().await;
    Status::Fine
}
