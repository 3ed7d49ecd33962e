//! An application that listens to server-sent events with a client from crates.io.

pub use futures_util::StreamExt;
pub use reqwest_eventsource::{Event, EventSource};

/// Connects to an event stream, and reconnects whenever the connection is lost.
pub fn connect(url: &str) -> EventSource {
    EventSource::get(url)
}
