//! `ssespec record`: a real stream as a scenario.

mod capture;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ssespec::target::Target;
use ssespec_diagnostics::value::parse_duration;
use ssespec_mock_server::record::case_text::case_text;
use ssespec_mock_server::record::scenario_text::scenario_text;
use ssespec_mock_server::record::{RecordedResponse, Recording, Secrets};
use ssespec_probe::{Roots, Trust};
use tokio::sync::watch;

use crate::commands::server::arguments::header;
use crate::error::{CommandError, plural};
use crate::output::{self, WriteFileError};
use crate::signals::interrupted;
use crate::status::Status;

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
    url: String,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
    /// Write the skeleton of a case instead of a scenario
    #[arg(long)]
    case: bool,
    /// Stop after this time
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    r#for: Duration,
    /// How often to reconnect when the stream ends
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    reconnects: u32,
    /// Record at most this many bytes of each response
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    limit: usize,
    /// Send this header field; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Open the stream with POST and this content, or the content of FILE (JSON unless --header says otherwise)
    #[arg(long, value_name = "TEXT|@FILE")]
    data: Option<String>,
    /// Trust the certificates in this PEM file instead of the usual authorities
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
}

fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a time like 500ms, 30s or 5min, at most an hour".into())
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let target = Target::parse(&arguments.url)?;
    if let Some(file) = arguments.output.as_ref().filter(|file| file.exists() && !arguments.force) {
        return Err(CommandError::Exists(file.clone()));
    }
    let roots = match (&arguments.ca, arguments.insecure) {
        (Some(file), _) => Roots::File(file.clone()),
        (None, true) => Roots::All,
        (None, false) => Roots::Public,
    };
    let trust = Trust::new(&roots)?;
    let body = arguments.data.as_deref().map(content).transpose()?;
    let request = capture::Request::new(&target, &arguments.header, body);
    let secrets = Secrets::of(request.headers(), &target.path);
    let (stop, stopped) = watch::channel(false);
    let signal = interrupted();
    let signaled = tokio::spawn(async move {
        signal.await;
        stop.send_replace(true);
    });
    let responses = capture::responses(&arguments, &target, &trust, &request, stopped).await;
    signaled.abort();
    let responses = responses?;
    summarize(&responses);
    let recording = Recording { method: request.method().to_owned(), target: target.path.clone(), responses };
    let text =
        if arguments.case { case_text(&recording, &secrets) } else { scenario_text(&recording, &secrets) };
    output::print_or_write(&text, arguments.output.as_deref())?;
    Ok(Status::Success)
}

/// The content of `--data`.
fn content(text: &str) -> Result<Vec<u8>, WriteFileError> {
    match text.strip_prefix('@') {
        Some(file) => std::fs::read(file).map_err(|source| WriteFileError { path: file.into(), source }),
        None => Ok(text.as_bytes().to_vec()),
    }
}

/// Says what was recorded.
fn summarize(responses: &[RecordedResponse]) {
    for (number, response) in responses.iter().enumerate() {
        let bytes: usize = response.writes.iter().map(|write| write.bytes.len()).sum();
        let writes = response.writes.len();
        output::note(&format!(
            "connection {}: status {}, {bytes} bytes in {writes} write{}, {}",
            number + 1,
            response.status,
            plural(writes),
            capture::end_in_words(response.end)
        ));
    }
}
