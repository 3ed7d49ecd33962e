//! A first look at the server, before the checks open many connections.

use std::time::Duration;

use ssespec_reports::visible;

use crate::check::{Check, SerialServer};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::wire::exchange::End;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How long the survey waits for a response. A slower server is judged by the checks alone.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known about the server before the checks start.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The Location of a redirect.
    pub(crate) redirect: Option<String>,
    /// A plain request gets a response other than 429 and 503.
    pub(crate) is_served: bool,
    /// A second stream is not served while the first is open.
    is_serial: bool,
}

impl Survey {
    /// Opens the stream once, and a second time while the first is open.
    pub(crate) async fn of(options: &Options) -> Self {
        let limit = PATIENCE.min(options.timeout);
        let request = options.request(ReadLimits { head: limit, body: Duration::ZERO, events: None });
        let mut first = OngoingExchange::open(options, &request).await;
        first.read_until(limit, |exchange| exchange.head().is_some()).await;
        let head = first.exchange.head();
        let is_served = head.is_some_and(|head| !matches!(head.status, 429 | 503));
        let redirect = head.filter(|head| [301, 302, 303, 307, 308].contains(&head.status));
        let location = redirect.and_then(|head| head.first("location"));
        let mut is_serial = false;
        if head.is_some() && first.exchange.end == End::StillOpen {
            let mut second = OngoingExchange::open(options, &request).await;
            second.read_until(limit, |exchange| exchange.head().is_some()).await;
            is_serial = second.exchange.head().is_none();
        }
        Self { redirect: location.map(|location| visible::line(&location, 500)), is_served, is_serial }
    }

    /// Discards a breach that only shows that a request waited for another stream to end.
    pub(crate) fn excuse_waiting(&self, check: &Check, outcome: Outcome) -> Outcome {
        let was_late = match &outcome {
            Outcome::Broken(breach) | Outcome::Suspected(breach) => breach.has_late_response,
            Outcome::Holds
            | Outcome::HoldsWithNote(_)
            | Outcome::Facts(_)
            | Outcome::NotJudged(_)
            | Outcome::SetupFailed(_) => false,
        };
        if self.is_serial && was_late && check.serial_server == SerialServer::Excused {
            return Outcome::NotJudged(
                "the server serves one stream at a time, so this request had to wait".into(),
            );
        }
        outcome
    }
}
