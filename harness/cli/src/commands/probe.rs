//! `ssespec probe`: checks a server by its URL.

use clap::Args;

use crate::commands::server::arguments::ProbeArguments;
use crate::commands::server::perform_probe;
use crate::error::CommandError;
use crate::status::Status;

/// Check the server at a URL, without an adapter.
///
/// The checks are black-box: they send requests and examine the responses. A probe takes as long as its slowest check, about
/// 35 s. Checks that cannot observe what they need are skipped, with the reason.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec probe http://127.0.0.1:8080/events
  ssespec probe --quick --header 'authorization: Bearer secret' https://example.com/events
  ssespec probe --quick --data @request.json --header 'authorization: Bearer secret' https://example.com/v1/chat
  ssespec probe --emit 'curl -s http://127.0.0.1:8080/publish' http://127.0.0.1:8080/events
  ssespec probe --path error-status=/forbidden --path no-content=/finished http://127.0.0.1:8080/events
  ssespec probe --filter 'server/probe/resume*' --timeout 10s http://127.0.0.1:8080/events
  ssespec probe --suite http --level must --format junit --output results.jsonl --color never http://127.0.0.1:8080/
  ssespec probe --ca certificate.pem https://localhost:8443/events
  ssespec probe --direct http://10.0.0.5:8080/events https://example.com/events
  ssespec probe --insecure https://localhost:8443/events
  ssespec probe --strict --timings --baseline known.toml http://127.0.0.1:8080/events
  ssespec probe --list

Only failures in the suites whatwg and http affect the exit status, unless --suite selects others.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    probe: ProbeArguments,
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    perform_probe(arguments.probe).await
}
