//! The conformance suite as tests of this crate. All that a user must write:
//!
//! - in Cargo.toml the dev-dependency `ssespec`, and `harness = false` for this test
//! - below, how the client connects, what it shows, and what its API can reach (its capabilities)
//! - in tests/ssespec.toml the failures that are known, each with its reason; without any, leave out `baseline`
//!
//! `cargo test` runs it. As for any test: `cargo test -- --list`, `cargo test client/retry/`, `cargo test -- --exact
//! client/lines/lf-ends-a-line`, `cargo test -- --skip client/http/`, and cargo-nextest.
//!
//! A client with more to show or to set uses more of [`ssespec::Observer`] and [`ssespec::ConnectRequest`], and says so
//! with more of [`ssespec::Capability`]. One without a close() waits for its items as they come, without `until_close`:
//! its session ends by dropping the future.

use rust_client::{Event, StreamExt, connect};
use ssespec::Capability::{Close, Errors, EventId, EventType, Opened, Reconnect};

fn main() -> std::process::ExitCode {
    ssespec::client("reqwest-eventsource", |request, observer| async move {
        let mut source = connect(&request.url);
        while let Some(item) = observer.until_close(source.next()).await {
            match item {
                Ok(Event::Open) => observer.opened(),
                Ok(Event::Message(m)) => observer.event(ssespec::Event::new(m.data).kind(m.event).id(m.id)),
                Err(error) => observer.error(error),
            }
        }
        source.close();
    })
    .capabilities([Reconnect, Close, Opened, Errors, EventType, EventId])
    .baseline("tests/ssespec.toml")
    .main()
}
