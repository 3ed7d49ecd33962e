//! The reference implementations as adapters in this process.

use std::io;
use std::net::SocketAddr;

use ssespec::adapter::in_process::client::Client;
use ssespec::adapter::in_process::server::Server;
use ssespec::upstream::Downstream;
use ssespec_cases::Capability;

use crate::client::http2::Connections;
use crate::client::session::session as client_session;
use crate::defect::list::{Defect, IntermediaryDefect, ServerDefect};
use crate::defect::switches::{Defects, Reached, ServerDefects};
use crate::intermediary::behind::Behind;
use crate::intermediary::proxy::Intermediary;
use crate::pace::Pace;
use crate::server::session::session as server_session;

/// The client's capabilities: everything that is not specific to browsers.
const CLIENT_CAPABILITIES: [Capability; 16] = [
    Capability::Reconnect,
    Capability::Close,
    Capability::InitialLastEventId,
    Capability::Headers,
    Capability::RefreshHeaders,
    Capability::ReadTimeout,
    Capability::Pause,
    Capability::Methods,
    Capability::Opened,
    Capability::Errors,
    Capability::State,
    Capability::EventType,
    Capability::EventId,
    Capability::Comments,
    Capability::Origin,
    Capability::Http2,
];

/// The server's capabilities.
const SERVER_CAPABILITIES: [Capability; 11] = [
    Capability::EventType,
    Capability::EventId,
    Capability::Comments,
    Capability::Retry,
    Capability::RetryText,
    Capability::End,
    Capability::Disconnects,
    Capability::Resume,
    Capability::NoContent,
    Capability::Shutdown,
    Capability::Http2,
];

/// The sound client.
pub fn client() -> Client {
    client_with(Defects::None, Pace::Usual)
}

/// The sound client, which records what it sends and receives.
pub fn client_watched(downstream: Downstream) -> Client {
    client_of(Defects::None, Pace::Usual, Some(downstream))
}

/// The client with one defect.
pub fn defective(defect: Defect) -> Client {
    with_defects([defect])
}

/// The client with several defects.
pub fn with_defects(defects: impl IntoIterator<Item = Defect>) -> Client {
    with_defects_at(Pace::Usual, defects)
}

/// The same at this pace.
pub fn with_defects_at(pace: Pace, defects: impl IntoIterator<Item = Defect>) -> Client {
    client_with(Defects::These(defects.into_iter().collect()), pace)
}

/// The sound client, which records the defects whose decisions it reaches: no other defect could change what it did.
pub fn surveyed(reached: Reached) -> Client {
    surveyed_at(Pace::Usual, reached)
}

/// The same at this pace.
pub fn surveyed_at(pace: Pace, reached: Reached) -> Client {
    client_with(Defects::Survey(reached), pace)
}

/// The sound server.
pub fn server() -> Server {
    server_with(Defects::None)
}

/// The server with one defect.
pub fn defective_server(defect: ServerDefect) -> Server {
    server_with_defects([defect])
}

/// The server with several defects.
pub fn server_with_defects(defects: impl IntoIterator<Item = ServerDefect>) -> Server {
    server_with(Defects::These(defects.into_iter().collect()))
}

/// The sound server, which records the defects whose decisions it reaches.
pub fn surveyed_server(reached: Reached<ServerDefect>) -> Server {
    server_with(Defects::Survey(reached))
}

/// The sound intermediary, which listens at one address (port 0 for any free port) and forwards to another, over HTTP/1.1 unless
/// [`Behind`] says HTTP/2.
///
/// # Errors
/// If binding fails.
pub async fn intermediary(listen: SocketAddr, behind: impl Into<Behind>) -> io::Result<Intermediary> {
    Intermediary::start(listen, behind.into(), Defects::None, Pace::Usual).await
}

/// The intermediary with one defect, whose limits come at this pace; on a free port.
///
/// # Errors
/// If binding fails.
pub async fn defective_intermediary(
    defect: IntermediaryDefect,
    pace: Pace,
    behind: impl Into<Behind>,
) -> io::Result<Intermediary> {
    let behind = behind.into();
    let listen = SocketAddr::new(behind.address().ip(), 0);
    Intermediary::start(listen, behind, Defects::These(vec![defect]), pace).await
}

/// The sound intermediary, which records the defects whose decisions it reaches at this pace; on a free port.
///
/// # Errors
/// If binding fails.
pub async fn surveyed_intermediary(
    reached: Reached<IntermediaryDefect>,
    pace: Pace,
    behind: impl Into<Behind>,
) -> io::Result<Intermediary> {
    let behind = behind.into();
    let listen = SocketAddr::new(behind.address().ip(), 0);
    Intermediary::start(listen, behind, Defects::Survey(reached), pace).await
}

fn client_with(defects: Defects, pace: Pace) -> Client {
    client_of(defects, pace, None)
}

fn client_of(defects: Defects, pace: Pace, downstream: Option<Downstream>) -> Client {
    let connections = Connections::default();
    let mut reference = Client::client("reference", move |options, observer| {
        client_session(options, observer, connections.clone(), (pace, downstream.clone()), defects.clone())
    });
    let identity = reference.identity_mut();
    identity.version = env!("CARGO_PKG_VERSION").into();
    identity.capabilities.extend(CLIENT_CAPABILITIES);
    identity.capabilities.extend(cfg!(feature = "tls").then_some(Capability::Tls));
    reference
}

fn server_with(defects: ServerDefects) -> Server {
    let mut reference = Server::server("reference", move |session| server_session(session, defects.clone()));
    let identity = reference.identity_mut();
    identity.version = env!("CARGO_PKG_VERSION").into();
    identity.capabilities.extend(SERVER_CAPABILITIES);
    reference
}
