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

mod client;
mod decoder;
mod exchange;
mod fetch;
mod interpreter;
mod lines;
mod mime;
mod patience;
mod request;
mod url;

use ssespec_cases::Capability;

use crate::adapter::in_process::Client;

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
    let mut reference = Client::new("reference", client::session);
    let identity = reference.identity_mut();
    identity.version = env!("CARGO_PKG_VERSION").into();
    identity.capabilities.extend(CAPABILITIES);
    reference
}
