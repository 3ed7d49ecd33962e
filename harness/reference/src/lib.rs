//! The reference client: an `EventSource` written from the text of the standard, step by step.
//!
//! It shows what a case expects of a client that does everything right, and it proves the cases: the sound client
//! passes each of them. Where the text leaves something open or contradicts its own examples, the place says what was chosen
//! and why.
//!
//! - `client`: the processing model of `EventSource`
//! - `patience`: how long to wait before the next connection
//! - `request`, `fetch`, `exchange`: a request, its redirects, and one response on the wire
//! - `url`, `mime`: what the headers of a response hold
//! - `interpreter`, `lines`, `decoder`: what its body holds
//! - `defect`: the ways to get it wrong that can be switched on; modules named `wrong` and those below `interpreter` hold
//!   what they do, beside the rules and not among them
//!
//! - `server`: the reference server, with defects of its own
//!

mod client;
mod decoder;
mod defect;
mod exchange;
mod fetch;
mod interpreter;
mod lines;
mod mime;
mod patience;
mod request;
mod server;
mod url;
mod wire;

use defect::Defects;
pub use defect::{Asked, Defect};
pub use server::ServerDefect;

use ssespec_cases::Capability;

use ssespec::adapter::in_process::client::Client;
use ssespec::adapter::in_process::server::Server;

/// What the client's API reaches: everything but a browser's own matters.
const CAPABILITIES: [Capability; 12] = [
    Capability::Reconnect,
    Capability::Close,
    Capability::InitialLastEventId,
    Capability::Headers,
    Capability::Methods,
    Capability::Opened,
    Capability::Errors,
    Capability::State,
    Capability::EventType,
    Capability::EventId,
    Capability::Comments,
    Capability::Origin,
];

/// The reference client, as an adapter in this process.
pub fn client() -> Client {
    with(Defects::None)
}

/// The reference client with one defect.
pub fn defective(defect: Defect) -> Client {
    with(Defects::One(defect))
}

/// The sound client, which notes the defects to whose decision points it comes: no other defect could change what it did.
pub fn surveyed(asked: Asked) -> Client {
    with(Defects::Survey(asked))
}

/// What the server's API reaches.
const SERVER_CAPABILITIES: &[Capability] = &[
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

/// The reference server, as an adapter in this process.
pub fn server() -> Server {
    serving(Defects::None)
}

/// The reference server with one defect.
pub fn defective_server(defect: ServerDefect) -> Server {
    serving(Defects::One(defect))
}

/// The sound server, which notes the defects to whose decision points it comes.
pub fn surveyed_server(asked: Asked<ServerDefect>) -> Server {
    serving(Defects::Survey(asked))
}

fn serving(defects: Defects<ServerDefect>) -> Server {
    let mut reference = Server::server("reference", move |session| server::session(session, defects.clone()));
    let identity = reference.identity_mut();
    identity.version = env!("CARGO_PKG_VERSION").into();
    identity.capabilities.extend(SERVER_CAPABILITIES);
    reference
}

fn with(defects: Defects) -> Client {
    let mut reference = Client::client("reference", move |options, observer| {
        client::session(options, observer, defects.clone())
    });
    let identity = reference.identity_mut();
    identity.version = env!("CARGO_PKG_VERSION").into();
    identity.capabilities.extend(CAPABILITIES);
    reference
}
