//! Opening streams on a server that refuses those that are too many.

use std::time::Duration;

use tokio::time::Instant;

use crate::observe::heads::PROMPT;
use crate::options::Options;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::Request;

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(150);

/// The shortest and the longest time in which a server may notice that a stream was closed.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(12));

/// How a server refuses a stream that is too many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    status: u16,
    patience: Duration,
}

impl Limit {
    /// A limit that the server reports with this status. It takes about `release` to notice that a stream was closed, or
    /// longer, depending on when it writes next.
    pub(crate) fn new(status: u16, release: Duration) -> Self {
        Self { status, patience: (release * 3).clamp(PATIENCE.0, PATIENCE.1) }
    }

    /// Whether this response refuses a stream.
    pub(crate) fn is_refusal(&self, exchange: &Exchange) -> bool {
        exchange.status() == Some(self.status)
    }

    /// Opens a stream. A refused request is repeated, because streams that the probe has closed may still count.
    pub(crate) async fn open(&self, options: &Options, request: &Request) -> OngoingExchange {
        let began = Instant::now();
        loop {
            let mut ongoing = OngoingExchange::open(options, request).await;
            // A refusal does not wait for an event.
            let head = PROMPT.min(request.limits.head);
            ongoing.read_head(head).await;
            if !self.is_refusal(&ongoing.exchange) || began.elapsed() > self.patience {
                return ongoing;
            }
            drop(ongoing);
            tokio::time::sleep(PAUSE).await;
        }
    }
}
