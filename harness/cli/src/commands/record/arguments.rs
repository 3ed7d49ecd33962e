//! The options of `ssespec record`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ssespec_diagnostics::value::parse_duration;

use crate::commands::server::arguments::header;

/// Record the stream at a URL as a scenario that replays it.
///
/// The scenario has the bytes, the cuts and the times of the stream, and how it ended. Like a client, the command reconnects
/// with Last-Event-ID; each connection becomes a script. Header fields that belong to a connection are left out, and secrets
/// are masked: those of --header, of the query and of the response.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec record http://127.0.0.1:8080/events -o scenario.toml      then: ssespec mock scenario.toml
  ssespec record --header 'authorization: Bearer secret' --for 1min https://example.com/events -o scenario.toml
  ssespec record --data @request.json https://example.com/v1/chat -o chat.toml --reconnects 0
  ssespec record --case http://127.0.0.1:8080/events -o case.toml   a case to complete, instead of a scenario
  ssespec record --ca certificate.pem https://localhost:8443/events --output scenario.toml --force
  ssespec record --insecure --limit 1000000 https://localhost:8443/events
  ssespec record --color never http://127.0.0.1:8080/events

Recording ends with the last reconnection, after the time of --for, or with Ctrl-C; what was recorded until then is written.")]
pub(crate) struct Arguments {
    /// The URL of the stream
    #[arg(value_name = "URL")]
    pub(super) url: String,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    pub(super) force: bool,
    /// Write the skeleton of a case instead of a scenario
    #[arg(long)]
    pub(super) case: bool,
    /// Stop after this time
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    pub(super) r#for: Duration,
    /// How often to reconnect when the stream ends
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    pub(super) reconnects: u32,
    /// Record at most this many bytes of each response
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    pub(super) limit: usize,
    /// Send this header field; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    pub(super) header: Vec<(String, String)>,
    /// Open the stream with POST and this content, or the content of FILE (JSON unless --header says otherwise)
    #[arg(long, value_name = "TEXT|@FILE")]
    pub(super) data: Option<String>,
    /// Trust the certificates in this PEM file instead of the usual authorities
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(super) ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    pub(super) insecure: bool,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a time like 500ms, 30s or 5min, at most an hour".into())
}
