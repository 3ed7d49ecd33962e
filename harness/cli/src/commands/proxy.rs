//! `ssespec proxy`: an intermediary that is running.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ssespec::adapter::processes::Processes;
use ssespec::run::{Launch, Rerun, Run};
use ssespec::target::{Security, Target};
use ssespec::upstream::{Downstream, Front, Proxy, Reload, Upstream};
use ssespec_probe::{Roots, Trust};
use ssespec_reference::Intermediary;
use ssespec_reports::advice::KnownProxy;
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
  ssespec proxy --listen https://localhost:8443 --ca ca.pem --upstream 127.0.0.1:9000
  ssespec proxy --listen https://localhost:8443 --insecure --upstream 127.0.0.1:9000 --timings
  ssespec proxy --listen http://127.0.0.1:8080 --listen-http2 http://127.0.0.1:8081 --upstream 127.0.0.1:9000
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000 --reload 'nginx -s reload' --kind nginx --soak 2min
  ssespec proxy --reference
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000 --filter 'intermediary/*'
  ssespec proxy --listen http://127.0.0.1:8080 --upstream 127.0.0.1:9000 --baseline known.toml --output results.jsonl
  ssespec proxy --reference --suite resilience-intermediary --level must --strict --fail-fast
  ssespec proxy --reference --delivery bytes --jobs 4 --timeout 10s --verbose --color never
  ssespec proxy --reference --format markdown
  ssespec proxy --reference --cases my-cases --ipv6 --shard 1/2
  ssespec proxy --reference --framing close --loss end
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
    /// The URL at which the proxy speaks HTTP/2, if it is another one
    #[arg(long, value_name = "URL", requires = "listen")]
    listen_http2: Option<String>,
    /// Trust the certificates in this PEM file, and those they signed, instead of those that browsers trust
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
    /// The address to which the proxy forwards; ssespec listens there
    #[arg(long, value_name = "ADDRESS", required_unless_present_any = ["reference", "list"])]
    upstream: Option<SocketAddr>,
    /// Which proxy it is, so that the report recommends settings: nginx, haproxy, apache, caddy, varnish, lighttpd, h2o, nghttpx,
    /// trafficserver, squid, mitmproxy, envoy, traefik or http-proxy. Most are recognized without it
    #[arg(long, value_name = "PROGRAM")]
    kind: Option<KnownProxy>,
    /// The command that makes the proxy reload its configuration, such as 'nginx -s reload': cases about reloads need it
    #[arg(long, value_name = "COMMAND")]
    reload: Option<String>,
    /// Test the built-in reference proxy
    #[arg(long, conflicts_with_all = ["listen", "upstream", "kind", "ca", "insecure", "reload"])]
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
    let front = arguments.front()?;
    let trust = arguments.trust(front.as_ref())?;
    let upstream = Upstream::open(address, options.barrier())
        .await
        .map_err(|source| CommandError::ProxyUpstream { address, source })?;
    // It ends when the run has ended.
    let (front, reload, _reference) = match front {
        Some(front) => {
            words.extend(["--listen".into(), front.http1.origin(), "--upstream".into(), address.to_string()]);
            words.extend(arguments.words(&front));
            (front, arguments.reload.as_deref().map(|command| Reload::command(command, None)), None)
        }
        None => {
            words.push("--reference".into());
            let (front, reference) = reference(&upstream).await?;
            (front, Some(Reload::function(reference.reload())), Some(reference))
        }
    };
    let downstream = Downstream::trusting(trust);
    let client = ssespec_reference::client_watched(downstream.clone());
    let launch = Launch::Proxy(Box::new(Proxy {
        name: None,
        version: None,
        program: arguments.kind,
        front,
        processes: Processes::Own,
        reload,
        upstream,
        client,
        downstream,
    }));
    let run = Run {
        corpus,
        lanes: options.lanes(&launch),
        launch,
        selection: options.selection(),
        baseline,
        patience: options.patience(),
        address: options.address(),
        barrier: options.barrier(),
        tls: None,
        deaths: options.strict.deaths(),
        rerun: Rerun::Proxy(command_line(words)),
    };
    execute::cases::execute(&run, options.output.as_deref(), options.format.chosen())
        .await?
        .print(options.format.chosen(), options.timings)
}

impl Arguments {
    /// Where clients reach the proxy.
    fn front(&self) -> Result<Option<Front>, CommandError> {
        let Some(listen) = &self.listen else { return Ok(None) };
        let front = Front::new(url(listen)?);
        Ok(Some(match &self.listen_http2 {
            Some(http2) => front.with_http2(url(http2)?),
            None => front,
        }))
    }

    /// How the certificate of the proxy is verified, if it has one.
    fn trust(&self, front: Option<&Front>) -> Result<Trust, CommandError> {
        let has_tls =
            |front: &Front| [&front.http1, &front.http2].iter().any(|url| url.security == Security::Tls);
        if !front.is_some_and(has_tls) {
            return Ok(Trust::default());
        }
        let roots = match (&self.ca, self.insecure) {
            (Some(file), _) => Roots::File(file.clone()),
            (None, true) => Roots::All,
            (None, false) => Roots::Public,
        };
        Ok(Trust::new(&roots)?)
    }

    /// The other words of a command that tests the proxy in the same way.
    fn words(&self, front: &Front) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]))
        };
        add("--listen-http2", self.listen_http2.as_ref().map(|_| front.http2.origin()));
        add("--ca", self.ca.as_ref().map(|file| file.display().to_string()));
        add("--reload", self.reload.clone());
        add("--kind", self.kind.map(|kind| kind.to_string()));
        words.extend(self.insecure.then(|| "--insecure".to_owned()));
        words
    }
}

/// A URL at which clients reach the proxy.
fn url(url: &str) -> Result<Target, CommandError> {
    let front = Target::parse(url).map_err(|source| CommandError::Front { problem: source.to_string() })?;
    let problem = match &front {
        Target { path, .. } if path != "/" => "it has a path; every path must be forwarded",
        Target { userinfo: Some(_), .. } => "it has a user name or a password",
        _ => return Ok(front),
    };
    Err(CommandError::Front { problem: format!("{url:?}: {problem}") })
}

/// Starts the built-in proxy.
async fn reference(upstream: &Upstream) -> Result<(Front, Intermediary), CommandError> {
    let behind = upstream.address();
    let any_port = SocketAddr::new(behind.ip(), 0);
    let not_started = |source| CommandError::ProxyUpstream { address: any_port, source };
    let reference = ssespec_reference::intermediary(any_port, behind).await.map_err(not_started)?;
    Ok((Front::new(url(&reference.url())?), reference))
}
