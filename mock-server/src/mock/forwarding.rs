//! Scenarios that forward requests to a real server.

use std::sync::Arc;

use super::builder::RouteBuilder;
use crate::forward::Upstream;
use crate::scenario::Scenario;
use crate::scenario::step::{Forward, Step};

impl Scenario {
    /// Forwards requests that no route matches to this server, and passes its responses on as they arrive. Routes can do
    /// so too, and break the responses: see [`RouteBuilder::forward_events`].
    ///
    /// ```
    /// use ssespec_mock_server::forward::Upstream;
    /// use ssespec_mock_server::{Event, MockServer, Scenario};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let real = MockServer::start(Scenario::new().get("/chat").event("one").event("two").end()).await?;
    /// # let url = real.url("/");
    /// // What does my app do when the stream breaks after the first event?
    /// let server = MockServer::start(
    ///     Scenario::new()
    ///         .forward_to(Upstream::new(&url)?)
    ///         .get("/chat")
    ///         .forward_events(1)
    ///         .drop_reset()
    ///         .next_connection()
    ///         .forward(),
    /// )
    /// .await?;
    /// # let _ = server;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn forward_to(mut self, upstream: Upstream) -> Self {
        self.upstream = Some(Arc::new(upstream));
        self
    }
}

/// Steps that pass on the response of the server of [`Scenario::forward_to`]. The first one forwards the request.
impl RouteBuilder {
    /// Passes on everything that is left of the response, and how it ends.
    #[must_use]
    pub fn forward(self) -> Self {
        self.step(Step::Forward(Forward::Rest))
    }

    /// Passes on the head of the response.
    #[must_use]
    pub fn forward_head(self) -> Self {
        self.step(Step::Forward(Forward::Head))
    }

    /// Passes on the response up to the end of this many further events. If it ends earlier, so does the script.
    #[must_use]
    pub fn forward_events(self, events: u64) -> Self {
        if events == 0 { self.forward_head() } else { self.step(Step::Forward(Forward::Events(events))) }
    }

    /// Passes on this many further bytes of the body. If it ends earlier, so does the script.
    #[must_use]
    pub fn forward_bytes(self, bytes: u64) -> Self {
        if bytes == 0 { self.forward_head() } else { self.step(Step::Forward(Forward::Bytes(bytes))) }
    }
}
