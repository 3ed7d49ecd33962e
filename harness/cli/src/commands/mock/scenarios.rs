//! `ssespec mock FILE`.

use std::time::Duration;

use ssespec_mock_server::control::ControlServer;
use ssespec_mock_server::scenario::Scenario;
use ssespec_mock_server::scenario::journal::Entry;
use ssespec_mock_server::scenario::server::Server;
use ssespec_reports::visible;
use tokio::sync::mpsc;

use super::arguments::Arguments;
use super::backlog::Backlog;
use super::control::PageConnections;
use super::limits;
use super::printed::Printed;
use super::protocol::Protocol;
use super::reload::Watch;
use super::sources::Sources;
use crate::error::CommandError;
use crate::output;
use crate::signals::interrupted;
use crate::status::Status;

/// The longest route that is printed, in characters.
const ROUTE: usize = 200;
/// How long `--once` waits by default.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long clients may take to close their connections at the end.
const LEAVING: Duration = Duration::from_millis(250);

/// Why a server ends.
enum End {
    Signal,
    Done,
    Late,
}

pub(super) async fn serve(arguments: &Arguments) -> Result<Status, CommandError> {
    let sources = Sources::new(arguments)?;
    let mut watch = Watch::new(&sources);
    let scenarios = sources.scenarios(arguments.preset.as_deref())?;
    watch.named_in(&scenarios);
    let routes = scenarios.iter().flat_map(|scenario| &scenario.routes);
    let mut routes: Vec<String> = routes.map(|route| visible::line(&route.words(), ROUTE)).collect();
    if let Some(upstream) = sources.upstream() {
        routes.push(format!("everything else: forwarded to {}", visible::line(&upstream.url(), ROUTE)));
    }
    let printed = Printed::new(arguments);
    let stopped = interrupted();
    let (entries, mut journal) = mpsc::unbounded_channel::<Entry>();
    let protocol = arguments.protocol.protocol(arguments.bind)?;
    let (server, connections) = start(arguments, &protocol, scenarios, entries).await?;
    let controls = arguments.control.open(&server, connections).await?;
    printed.url(server.url(), controls.url().as_deref(), protocol.authority.as_ref());
    output::note(&format!(
        "ready: {}
routes:
  {}",
        server.url(),
        routes.join(
            "
  "
        )
    ));
    let backlog = Backlog::start(move |item| printed.item(&item));
    let late = arguments.timeout.unwrap_or(PATIENCE);
    let end = {
        let done = async {
            match arguments.once {
                true => tokio::time::timeout(late, server.done()).await.map_or(End::Late, |()| End::Done),
                false => std::future::pending().await,
            }
        };
        let show = async {
            while let Some(entry) = journal.recv().await {
                backlog.add(entry);
            }
        };
        tokio::select! {
            () = show => End::Signal,
            () = watch.follow(&server) => End::Signal,
            end = done => end,
            () = stopped => End::Signal,
        }
    };
    let verification = server.close(LEAVING).await;
    while let Ok(entry) = journal.try_recv() {
        backlog.add(entry);
    }
    printed.unprinted(backlog.finish().await);
    let judged = arguments.once || arguments.verify;
    if judged && !verification.is_met() {
        output::error(&verification.to_string());
        return Ok(Status::NotConforming);
    }
    if let End::Late = end {
        let late = humantime::format_duration(late);
        output::error(&format!("not every script was over after {late}; {verification}"));
        return Ok(Status::NotConforming);
    }
    Ok(Status::Success)
}

async fn start(
    arguments: &Arguments,
    protocol: &Protocol,
    scenarios: Vec<Scenario>,
    entries: mpsc::UnboundedSender<Entry>,
) -> Result<(Server, PageConnections), CommandError> {
    // One more for the connection to the upstream.
    let descriptors_each = if scenarios.iter().any(|scenario| scenario.upstream.is_some()) { 2 } else { 1 };
    let mut settings = limits::settings(&arguments.limits, descriptors_each);
    settings.versions = protocol.versions;
    settings.tls.clone_from(&protocol.tls);
    let mut connections = None;
    if arguments.control.has_page() {
        let (diversion, diverted) = ControlServer::page();
        settings.diversion = Some(diversion);
        connections = Some(diverted);
    }
    let server = Server::start_with(arguments.address(), scenarios, settings, Some(entries)).await;
    Ok((server.map_err(|error| arguments.bind_error(error))?, connections))
}
