//! `ssespec proxy`: an intermediary that is running.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ssespec::run::{Launch, Rerun, Run};
use ssespec::target::{Security, Target};
use ssespec::upstream::{Downstream, Proxy, Upstream};
use ssespec_reference::Intermediary;
use ssespec_reports::results::Role;

use crate::error::CommandError;
use crate::execute;
use crate::list;
use crate::options::execution::RunOptions;
use crate::output;
use crate::shell_quoting::command_line;
use crate::status::Status;

/// Test a proxy that is running.
///
/// The proxy must forward every path to ADDRESS, where ssespec listens in place of the origin. ssespec connects to URL as a
/// client, and compares what arrives with what the origin sends.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000
  ssespec proxy --reference
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000 --filter 'intermediary/*'
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000 --baseline known.toml --output results.jsonl
  ssespec proxy --list

A proxy for this, with nginx:
  server {
    listen 127.0.0.1:8080;
    location / {
      proxy_pass http://127.0.0.1:9000;
      proxy_buffering off;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_read_timeout 1h;
    }
  }

Two kinds of cases run: those in cases/intermediary, and the cases for clients that need no more than a wire. The latter are \
    played by the built-in client through the proxy; what fails there and passes without the proxy is the proxy's.")]
pub(crate) struct Arguments {
    /// The URL at which clients reach the proxy
    #[arg(long, value_name = "URL", required_unless_present_any = ["reference", "list"])]
    listen: Option<String>,
    /// The address to which the proxy forwards; ssespec listens there
    #[arg(long, value_name = "ADDRESS", required_unless_present_any = ["reference", "list"])]
    upstream: Option<SocketAddr>,
    /// Test the built-in reference proxy
    #[arg(long, conflicts_with_all = ["listen", "upstream"])]
    reference: bool,
    /// A file of known failures, or an ssespec.toml
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    options: RunOptions,
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let options = &arguments.options;
    let corpus = Arc::new(options.selection.corpus()?);
    if options.listing.list {
        output::print(&list::cases(Role::Intermediary, &corpus, &options.selection())?);
        return Ok(Status::Success);
    }
    let baseline = options.known_failures(arguments.baseline.as_deref(), &corpus)?;
    let mut words = options.rerun_options();
    let address = arguments.upstream.unwrap_or_else(|| SocketAddr::new(options.address(), 0));
    let front = arguments.listen.as_deref().map(front).transpose()?;
    let upstream = Upstream::open(address, options.barrier())
        .await
        .map_err(|source| CommandError::ProxyUpstream { address, source })?;
    // It ends when the run has ended.
    let (front, _reference) = match front {
        Some(front) => {
            words.extend(["--listen".into(), front.origin(), "--upstream".into(), address.to_string()]);
            (front, None)
        }
        None => {
            words.push("--reference".into());
            let (front, reference) = reference(&upstream).await?;
            (front, Some(reference))
        }
    };
    let downstream = Downstream::default();
    let client = ssespec_reference::client_watched(downstream.clone());
    let launch =
        Launch::Proxy(Box::new(Proxy { name: None, version: None, front, upstream, client, downstream }));
    let run = Run {
        corpus,
        lanes: options.lanes(&launch),
        launch,
        selection: options.selection(),
        baseline,
        patience: options.patience(),
        address: options.address(),
        barrier: options.barrier(),
        deaths: options.strict.deaths(),
        rerun: Rerun::Proxy(command_line(words)),
    };
    execute::cases::execute(&run, options.output.as_deref(), options.format.chosen())
        .await?
        .print(options.format.chosen(), options.timings)
}

/// The URL at which clients reach the proxy.
fn front(url: &str) -> Result<Target, CommandError> {
    let front = Target::parse(url).map_err(|source| CommandError::Front { problem: source.to_string() })?;
    let problem = match &front {
        Target { security: Security::Tls, .. } => "it is an https URL; proxies are tested over http",
        Target { path, .. } if path != "/" => "it has a path; every path must be forwarded",
        Target { userinfo: Some(_), .. } => "it has a user name or a password",
        _ => return Ok(front),
    };
    Err(CommandError::Front { problem: format!("{url:?}: {problem}") })
}

/// Starts the built-in proxy.
async fn reference(upstream: &Upstream) -> Result<(Target, Intermediary), CommandError> {
    let behind = upstream.address();
    let any_port = SocketAddr::new(behind.ip(), 0);
    let not_started = |source| CommandError::ProxyUpstream { address: any_port, source };
    let reference = ssespec_reference::intermediary(any_port, behind).await.map_err(not_started)?;
    Ok((front(&reference.url())?, reference))
}
