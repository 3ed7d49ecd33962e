//! The mock server for tests without an async runtime.

use std::thread::JoinHandle;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::builder::IntoScenario;
use super::expectation::{Expectation, Unmet};
use super::server::{self, StartError, VerifyError};
use crate::action::Drop;
use crate::event::Event;
use crate::scenario::control::Control;
use crate::scenario::journal::Entry;
use crate::scenario::streams::OpenStream;

/// A [mock server](server::MockServer) with a thread of its own. Its methods block, and can be called in any test that is
/// not async.
///
/// ```
/// use std::io::{Read, Write};
/// use ssespec_mock_server::{Scenario, blocking, expect};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut server = blocking::MockServer::start(Scenario::new().get("/events").event("hello").end().expect(1))?;
///
/// let mut client = std::net::TcpStream::connect(server.address())?;
/// client.write_all(b"GET /events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
/// let mut response = String::new();
/// client.read_to_string(&mut response)?;
///
/// assert!(response.contains("data: hello\n\n"));
/// server.wait_for(expect::get("/events"))?;
/// server.verify()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MockServer {
    inner: Option<server::MockServer>,
    runtime: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl MockServer {
    /// Starts a server, as [`server::MockServer::start`].
    ///
    /// # Errors
    /// If the scenario has mistakes, or if binding fails.
    pub fn start(scenario: impl IntoScenario) -> Result<Self, StartError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|source| {
            StartError::Bind { address: std::net::SocketAddr::from(([127, 0, 0, 1], 0)), source }
        })?;
        let inner = runtime.block_on(server::MockServer::start(scenario))?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            // Either way it is over: the sender has sent, or is gone.
            let _ = runtime.block_on(stopped);
        });
        Ok(Self { inner: Some(inner), runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    fn inner(&self) -> &server::MockServer {
        self.inner.as_ref().expect("only dropping takes it")
    }

    /// The URL of a path, such as `/events`.
    pub fn url(&self, path: &str) -> String {
        self.inner().url(path)
    }

    /// The address on which it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.inner().address()
    }

    /// What can be done with it; clones can be used from other threads.
    pub fn control(&self) -> &Control {
        self.inner().control()
    }

    /// Everything the server has seen and done so far.
    pub fn journal(&self) -> Vec<Entry> {
        self.inner().journal()
    }

    /// The requests so far, in order of arrival.
    pub fn received_requests(&self) -> Vec<Entry> {
        self.inner().received_requests()
    }

    /// Waits until the requests have come that are expected, and returns them.
    ///
    /// # Errors
    /// If they do not come in time; the error shows what came instead.
    pub fn wait_for(&self, expected: Expectation) -> Result<Vec<Entry>, Unmet> {
        self.runtime.block_on(self.inner().wait_for(expected))
    }

    /// The streams that are open.
    pub fn streams(&self) -> Vec<OpenStream> {
        self.inner().streams()
    }

    /// Waits until this many streams are open; returns whether they are.
    pub fn wait_for_streams(&self, count: usize) -> bool {
        self.runtime.block_on(self.inner().wait_for_streams(count))
    }

    /// Writes an event to all open streams now; returns how many got it.
    pub fn push(&self, event: impl Into<Event>) -> usize {
        let _runtime = self.runtime.enter();
        self.inner().push(event)
    }

    /// Writes exactly these bytes to all open streams now; returns how many got them.
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> usize {
        let _runtime = self.runtime.enter();
        self.inner().send(bytes)
    }

    /// Drops all open streams, with FIN or RST; returns how many there were.
    pub fn drop_all(&self, how: Drop) -> usize {
        self.inner().drop_all(how)
    }

    /// Ends all open streams cleanly; returns how many there were.
    pub fn end_all(&self) -> usize {
        self.inner().end_all()
    }

    /// Starts the scenario again from its first connections.
    pub fn reset(&self) {
        self.runtime.block_on(self.inner().reset());
    }

    /// Whether what is expected has come.
    ///
    /// # Errors
    /// If not; the error shows what came instead.
    pub fn verify(&mut self) -> Result<(), VerifyError> {
        self.inner.as_mut().map_or(Ok(()), server::MockServer::verify)
    }
}

impl std::ops::Drop for MockServer {
    fn drop(&mut self) {
        // It may panic, because something expected has not come; the thread ends anyway, since its sender is dropped.
        drop(self.inner.take());
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // The runtime closes its sockets when it ends.
            let _ = thread.join();
        }
    }
}
