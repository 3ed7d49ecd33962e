//! `ssespec client`: one client, without a folder.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ssespec::adapter::service::TestService;
use ssespec::engine::Engine;
use ssespec::page::PageLibrary;
use ssespec::run::second_pass::SecondPass;
use ssespec::run::{Launch, Rerun, Run};
use ssespec_reports::results::{Protocol, Role};

use crate::error::CommandError;
use crate::execute;
use crate::launch;
use crate::list;
use crate::options::execution::RunOptions;
use crate::options::protocol::ProtocolOptions;
use crate::output;
use crate::shell_quoting::command_line;
use crate::status::Status;

/// Test one client, without a folder.
///
/// COMMAND starts an adapter: a program that reads commands from stdin and reports on stdout what the client does, one JSON
/// object per line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ssespec client -- python3 adapter.py
  ssespec client --reference
  ssespec client --browser firefox --filter 'client/reconnect/*'
  ssespec client --page --bind 0.0.0.0
  ssespec client --service http://127.0.0.1:8000
  ssespec client --service http://127.0.0.1:8000 -- ./contract-tests
  ssespec client --browser chromium --page-library dist/bundle.js
  ssespec client --filter 'client/retry/*' --baseline known.toml -- node adapter.mjs
  ssespec client --suite whatwg --level must --delivery whole --jobs 1 --timeout 10s -- ./adapter
  ssespec client --cases my-cases --delivery splits --ipv6 -- ./adapter
  ssespec client --strict --fail-fast --timings -- ./adapter
  ssespec client --soak 5min -- ./adapter
  ssespec client --framing close --loss end -- ./adapter
  ssespec client --http both --tls -- ./adapter
  ssespec client --check -- python3 adapter.py
  ssespec client --list --filter 'client/retry/*'
  ssespec client --shard 1/3 --output shard-1.jsonl -- ./adapter
  ssespec client --format junit --output results.jsonl --color never -- ./adapter > junit.xml

A file of known failures:
  [[known-failure]]
  case = \"client/retry/*\"
  reason = \"the retry field is ignored\"")]
pub(crate) struct Arguments {
    /// The command that starts the adapter
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
    /// Test the built-in reference client instead of a command
    #[arg(long, conflicts_with = "command")]
    reference: bool,
    /// Test the client behind this test service of sse-contract-tests, such as http://127.0.0.1:8000; COMMAND starts the service,
    /// if it does not run already
    #[arg(long, value_name = "URL", conflicts_with = "reference")]
    service: Option<String>,
    /// Start and test a browser: chromium, firefox or webkit
    #[arg(long, value_name = "NAME", conflicts_with_all = ["command", "reference", "service"])]
    browser: Option<String>,
    /// Print a URL, and test the browser that opens it
    #[arg(long, conflicts_with_all = ["command", "reference", "browser", "service"])]
    page: bool,
    /// With --browser or --page: test the client library that this script exposes to the page, instead of the browser's own
    /// EventSource
    #[arg(long, value_name = "FILE", conflicts_with_all = ["command", "reference", "service"])]
    page_library: Option<PathBuf>,
    /// Serve the page and the streams on this address of this machine, for browsers on other devices; 0.0.0.0 picks the
    /// address that other machines can reach
    #[arg(long, value_name = "ADDRESS", requires = "page", conflicts_with_all = ["ipv6", "reference", "browser", "command"])]
    bind: Option<IpAddr>,
    /// Check the adapter that COMMAND starts instead of the client: what works of what it claims, what to mend, and what each
    /// further capability would let be played
    #[arg(long, requires = "command", conflicts_with_all = ["reference", "browser", "page", "service"])]
    check: bool,
    /// A file of known failures, or an ssespec.toml
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    protocol: ProtocolOptions,
}

pub(crate) async fn perform(arguments: Arguments) -> Result<Status, CommandError> {
    let options = &arguments.options;
    let corpus = Arc::new(options.selection.corpus()?);
    if options.listing.list {
        output::print(&list::cases(Role::Client, &corpus, &options.selection())?);
        return Ok(Status::Success);
    }
    let baseline = options.known_failures(arguments.baseline.as_deref(), &corpus)?;
    let address = match arguments.bind {
        Some(address) => launch::reachable_address(address)?,
        None => options.address(),
    };
    let library = arguments.page_library.as_deref().map(PageLibrary::read).transpose()?;
    let mut words = options.rerun_options();
    words.extend(
        arguments.page_library.iter().flat_map(|file| ["--page-library".into(), file.display().to_string()]),
    );
    // Browsers are tested over another protocol only where that is asked for.
    let is_browser = arguments.browser.is_some() || arguments.page;
    let second_pass = (!is_browser).then_some(SecondPass::USUAL);
    let mut selection = arguments.protocol.select(options.selection(), &[], second_pass);
    if arguments.check {
        selection.protocols = Protocol::ALL.to_vec();
    }
    let certificate = ProtocolOptions::certificate(&selection)?;
    let launch = if arguments.reference {
        words.push("--reference".into());
        Launch::Client(ssespec_reference::client())
    } else if let Some(name) = &arguments.browser {
        words.extend(["--browser".into(), name.clone()]);
        launch::browser(name.parse::<Engine>()?, library, certificate.tls.as_ref())?
    } else if arguments.page {
        words.push("--page".into());
        words.extend(arguments.bind.iter().flat_map(|address| ["--bind".into(), address.to_string()]));
        launch::page(library)
    } else if let Some(url) = &arguments.service {
        words.extend(["--service".into(), url.clone()]);
        if !arguments.command.is_empty() {
            words.push("--".into());
            words.extend(arguments.command.iter().cloned());
        }
        Launch::Service(TestService::at(url, None).map_err(CommandError::Service)?)
    } else if arguments.command.is_empty() {
        return Err(CommandError::NoClient);
    } else {
        words.push("--".into());
        words.extend(arguments.command.iter().cloned());
        launch::client_command(arguments.command.clone(), PathBuf::from("."))
    };
    let run = Run {
        corpus,
        lanes: options.lanes(&launch),
        launch,
        selection,
        baseline,
        patience: options.patience(),
        address,
        barrier: options.barrier(),
        tls: certificate.tls.clone(),
        deaths: options.strict.deaths(),
        rerun: Rerun::Command(command_line(words)),
    };
    if arguments.check {
        return execute::adapter_check::execute(&run).await;
    }
    let (file, format) = (options.output.as_deref(), options.format.chosen());
    let outcome = if arguments.service.is_some() {
        execute::service::execute(&run, (Path::new("."), &arguments.command), file, format).await
    } else {
        execute::cases::execute(&run, file, format).await
    };
    outcome?.print(format, options.timings)
}
