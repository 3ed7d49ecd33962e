//! A mock server for Server-Sent Events: it writes exactly the bytes you give, drops and resets connections where you say,
//! and knows what your client sent.
//!
//! ```
//! use std::time::Duration;
//! use ssespec_mock_server::{Event, MockServer, Scenario, expect};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start(
//!     Scenario::new()
//!         .get("/events")
//!         .event(Event::new("one").id("1").retry(Duration::from_millis(50)))
//!         .send("id: 2\ndata: tw") // cut off in the middle of an event
//!         .drop_reset()
//!         .next_connection()
//!         .event(Event::new("two").id("2")),
//! )
//! .await?;
//!
//! let url = server.url("/events"); // connect your client to it
//! # let client = tokio::spawn(client(server.address()));
//!
//! // The client must come back, with the ID of the last event that it has in full.
//! server.wait_for(expect::get("/events").last_event_id("1").within(Duration::from_secs(10))).await?;
//! # client.await??;
//! # assert!(url.ends_with("/events"));
//! # Ok(())
//! # }
//! #
//! # /// The simplest client that resumes.
//! # async fn client(server: std::net::SocketAddr) -> std::io::Result<()> {
//! #     use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! #     for field in ["", "last-event-id: 1\r\n"] {
//! #         let mut stream = tokio::net::TcpStream::connect(server).await?;
//! #         stream.write_all(format!("GET /events HTTP/1.1\r\nhost: x\r\n{field}\r\n").as_bytes()).await?;
//! #         let mut bytes = [0; 4096];
//! #         while stream.read(&mut bytes).await.is_ok_and(|length| length > 0 && field.is_empty()) {}
//! #     }
//! #     Ok(())
//! # }
//! ```
//!
//! - Steps: `event`, `send`, `wait`, `end`, `drop_fin`, `drop_reset`, `status`, `raw` and others of [`RouteBuilder`]; a
//!   script for each connection.
//! - While it runs: [`push`](MockServer::push), [`drop_all`](MockServer::drop_all), [`end_all`](MockServer::end_all),
//!   [`streams`](MockServer::streams).
//! - Afterwards: [`received_requests`](MockServer::received_requests), [`journal`](MockServer::journal),
//!   [`wait_for`](MockServer::wait_for), [`verify`](MockServer::verify). A route that
//!   [expects](RouteBuilder::expect) requests is also verified when the server is dropped.
//! - In front of a real server: [`forward_to`](Scenario::forward_to) forwards requests, and
//!   [`forward_events`](RouteBuilder::forward_events) passes on a part of a response, before a fault.
//! - A test without a runtime uses [`blocking::MockServer`].
//! - A scenario can also be the text of a [scenario file](scenario), as for `ssespec mock`:
//!   `MockServer::start(include_str!("drop-and-resume.toml"))`.
//!
//! Each server has a port of its own, so tests run in parallel. Dropping it closes the port and all connections.
//!
//! # Modules
//!
//! - [`mock`]: a server for a test; [`event`]: an event
//! - `control`: an HTTP interface and a page, with the feature of that name
//! - [`forward`]: forwarding requests to a real server
//! - [`scenario`]: scripts for routes, served on their own
//! - `client`: connections to servers, over TCP or TLS
//! - [`action`]: what a script can make the server do
//! - [`script`]: the actions as they are written in TOML
//! - [`flow`]: whether a script can be played
//! - [`stream`]: lines and blocks of an event stream
//! - [`wire`]: listener, connections, exchanges, and the barrier that keeps write boundaries

pub mod action;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "control")]
pub mod control;
#[cfg(feature = "scenarios")]
pub mod event;
pub mod flow;
#[cfg(feature = "scenarios")]
pub mod forward;
#[cfg(feature = "scenarios")]
pub mod mock;
#[cfg(feature = "command")]
pub mod presets;
#[cfg(feature = "command")]
pub mod record;
#[cfg(feature = "scenarios")]
pub mod scenario;
pub mod script;
pub mod stream;
pub mod wire;

#[cfg(feature = "scenarios")]
pub use self::event::Event;
#[cfg(feature = "scenarios")]
pub use self::mock::{MockServer, RouteBuilder, blocking, expectation as expect};
#[cfg(feature = "scenarios")]
pub use self::scenario::{Route, Scenario};
