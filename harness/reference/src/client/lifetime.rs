//! Limits on the life of a stream. A sound client has none: only one with a defect ends a stream for them.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::defect::list::Defect;
use crate::defect::switches::Defects;
use crate::pace::Pace;
use crate::stream::output::Shown;

/// From which moment a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// When the stream was opened.
    Opened,
    /// When the last event came.
    Event,
    /// When the last bytes came.
    Bytes,
}

/// The limits, in seconds.
const LIMITS: [(Since, u64, Defect); 5] = [
    (Since::Opened, 40, Defect::StreamCutAfterFortySeconds),
    (Since::Opened, 300, Defect::StreamCutAfterFiveMinutes),
    (Since::Event, 45, Defect::CommentsKeepNothing),
    (Since::Bytes, 60, Defect::QuietMinuteIsTheEnd),
    (Since::Bytes, 300, Defect::QuietFiveMinutesAreTheEnd),
];

/// After how many seconds a connection counts as healthy.
const HEALTHY: u64 = 60;

/// The life of one stream.
#[derive(Debug)]
pub(crate) struct Lifetime {
    pace: Pace,
    opened: Instant,
    event: Instant,
    bytes: Instant,
    /// The limits that have passed without an end.
    passed: Vec<Defect>,
    defects: Defects,
}

impl Lifetime {
    /// The life of a stream that opens now.
    pub(crate) fn new(pace: Pace, defects: &Defects) -> Self {
        let now = Instant::now();
        Self { pace, opened: now, event: now, bytes: now, passed: Vec::new(), defects: defects.clone() }
    }

    /// Something came, and completed this.
    pub(crate) fn heard(&mut self, shown: &[Shown]) {
        self.bytes = Instant::now();
        if shown.iter().any(Shown::is_event) {
            self.event = self.bytes;
        }
    }

    /// Waits until a limit ends the stream, and returns it: never, for a sound client.
    pub(crate) async fn runs_out(&mut self) -> Duration {
        loop {
            let left = LIMITS.iter().filter(|(.., defect)| !self.passed.contains(defect));
            let next = left.map(|(since, seconds, defect)| {
                let limit = self.pace.seconds(*seconds);
                (self.start(*since) + limit, limit, *defect)
            });
            let Some((end, limit, defect)) = next.min_by_key(|(end, ..)| *end) else {
                return std::future::pending().await;
            };
            sleep_until(end).await;
            if self.defects.has(defect) {
                return limit;
            }
            self.passed.push(defect);
        }
    }

    /// Decides whether the client never waits again before it connects, because this connection was so healthy.
    pub(crate) fn ends_all_delays(&self) -> bool {
        self.opened.elapsed() >= self.pace.seconds(HEALTHY)
            && self.defects.has(Defect::HealthyMinuteEndsDelays)
    }

    fn start(&self, since: Since) -> Instant {
        match since {
            Since::Opened => self.opened,
            Since::Event => self.event,
            Since::Bytes => self.bytes,
        }
    }
}
