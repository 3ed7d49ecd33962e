//! An application that listens to server-sent events with a client from crates.io.

pub use futures_util::StreamExt;
pub use reqwest_eventsource::{Event, EventSource};

/// Connects to a stream of events, and again whenever it is lost.
pub fn connect(url: &str) -> EventSource {
    EventSource::get(url)
}
