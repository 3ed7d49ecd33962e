//! The options of `ssespec mock`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use ssespec_diagnostics::value::parse_duration;

use super::control;
use super::limits;
use super::protocol;
use super::upstream;
use crate::error::CommandError;

/// Serve scenarios, a preset or a single case to any client.
///
/// The first line of the output is the URL; the rest is the journal (with --tls, after the file with the certificate to
/// trust). A signal (Ctrl-C) ends the server with status 0.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("scripts").args(["files", "preset", "case"]).multiple(true))]
#[command(after_help = "Examples:
  ssespec mock mock-server/examples/drop-and-resume.toml     then: curl -N URL/stream
  ssespec mock scenario.toml --port 8080 --bind 0.0.0.0
  ssespec mock scenario.toml --once --timeout 1min    status 1 if the client does not do what the scenario expects
  ssespec mock scenario.toml --verify --print-url     the same when the server is stopped; only the URL on stdout
  ssespec mock --preset openai-chat                   serve a built-in scenario; --presets lists all
  ssespec mock --preset openai-chat --show > chat.toml
  ssespec mock scenario.toml --format json --color never | jq .
  ssespec mock scenario.toml --control 8081       then: curl -d '{\"data\": \"hello\"}' 127.0.0.1:8081/streams/push
  ssespec mock scenario.toml --ui                 then open URL/__ssespec/ in a browser
  ssespec mock scenario.toml --bind 0.0.0.0 --control 8081 --control-bind 0.0.0.0
  ssespec mock --health 127.0.0.1:8081            status 1 if no mock server answers there
  ssespec mock scenario.toml --max-connections 50000 --max-memory 1024 --max-body 64 --journal outline
  ssespec mock scenario.toml --tls --ca-file ca.pem   then: curl -N --cacert ca.pem URL
  ssespec mock scenario.toml --tls --http 2 --cert certificate.pem --key key.pem
  ssespec mock --forward https://api.example.com faults.toml    break a real server's streams
  ssespec mock --forward https://localhost:8443 --ca certificate.pem faults.toml
  ssespec mock --forward https://localhost:8443 --insecure     forward everything as it is
  ssespec mock --case client/resume/newest-id-on-every-reconnect
  ssespec mock --cases my-cases --case client/mine/first --once

A scenario is read again when its file changes; a file with a mistake changes nothing.

A case waits for requests (from curl -N URL, or a client) and prints what the client should do or report next. After the \
    last step, the next request to the same URL starts the case again.")]
pub(crate) struct Arguments {
    /// Scenario files; the first route that matches a request handles it
    #[arg(value_name = "FILE", required_unless_present_any = ["case", "forward", "health", "preset", "presets"])]
    pub(super) files: Vec<PathBuf>,
    /// Serve this case instead: wait for its requests and print what the client should do or report next
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    pub(super) case: Option<String>,
    /// Use the cases in this folder instead of the built-in cases
    #[arg(long, value_name = "DIR", requires = "case", conflicts_with = "files")]
    pub(super) cases: Option<PathBuf>,
    /// Serve this built-in scenario
    #[arg(long, value_name = "NAME", conflicts_with_all = ["case", "files"])]
    pub(super) preset: Option<String>,
    /// List the built-in scenarios
    #[arg(long, conflicts_with_all = ["case", "files", "preset"])]
    pub(super) presets: bool,
    /// Print the preset's scenario instead of serving it
    #[arg(long, requires = "preset", conflicts_with_all = ["case", "files"])]
    pub(super) show: bool,
    /// Exit when every script that expects something is over (without expectations: every script), or after the last
    /// step of the case; status 1 if something else came
    #[arg(long, requires = "scripts")]
    pub(super) once: bool,
    /// On exit, return status 1 if something that the scenario expects has not come
    #[arg(long, conflicts_with = "case")]
    pub(super) verify: bool,
    /// With --once: give up after this long [default: 30s; none for a case]
    #[arg(long, value_name = "TIME", requires = "once", value_parser = time)]
    pub(super) timeout: Option<Duration>,
    /// The port; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(super) port: u16,
    /// The address; other machines can reach the server only if it is not a loopback address
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(super) bind: IpAddr,
    /// How to print the journal
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: JournalFormat,
    /// Print only the URL to standard output, and the journal to standard error
    #[arg(long)]
    pub(super) print_url: bool,
    #[command(flatten)]
    pub(super) protocol: protocol::ProtocolOptions,
    #[command(flatten)]
    pub(super) upstream: upstream::UpstreamOptions,
    #[command(flatten)]
    pub(super) control: control::ControlOptions,
    #[command(flatten)]
    pub(super) limits: limits::LimitOptions,
}

/// How a journal is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum JournalFormat {
    /// One line per entry, for people
    Text,
    /// One JSON object per line
    Json,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a time like 500ms, 30s or 5min, at most an hour".into())
}

impl Arguments {
    pub(super) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    pub(super) fn bind_error(&self, source: std::io::Error) -> CommandError {
        CommandError::Bind { address: self.address(), source }
    }
}
