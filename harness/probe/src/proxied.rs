//! A server that is probed directly and through the proxy in front of it, and what differs.

use std::time::Duration;

use ssespec_reports::results::{CaseResult, Verdict};
use tokio::time::Instant;

use crate::describe::{counted, seconds};
use crate::observe::pair::key;
use crate::options::Options;
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How often the server is made to emit.
const EMISSIONS: usize = 5;

/// How long to wait for the heads before the server is made to emit.
const HEADS: Duration = Duration::from_secs(1);

/// By how much an event must be later to be called held back. HAProxy's default delay is 200 ms.
const LATE: Duration = Duration::from_millis(150);

/// How many events are needed for a median.
const ENOUGH: usize = 3;

/// The stream of a server, seen directly and through a proxy at the same time.
#[derive(Debug)]
pub struct BothStreams {
    direct: Seen,
    proxied: Seen,
}

/// A stream, and when its request was sent.
#[derive(Debug)]
struct Seen {
    exchange: Exchange,
    started: Instant,
}

impl BothStreams {
    /// Opens the stream at both URLs at the same time, makes the server emit if that is possible, and reads for as long as
    /// a probe observes a stream.
    pub async fn observe(direct: &Options, proxied: &Options) -> Self {
        let (direct, proxied) = (direct.prepared(), proxied.prepared());
        if let Some(trigger) = &direct.emit {
            trigger.start(EMISSIONS, HEADS, direct.timeout);
        }
        let (direct, proxied) = tokio::join!(Seen::of(&direct), Seen::of(&proxied));
        Self { direct, proxied }
    }

    /// What the proxy does to the stream, as sentences.
    pub fn differences(&self) -> Vec<String> {
        let (direct, proxied) = (&self.direct.exchange, &self.proxied.exchange);
        match (direct.head(), proxied.head()) {
            (None, _) => vec![format!("nothing can be compared: directly, {}", direct.summary())],
            (Some(head), Some(other)) if head.status != other.status => {
                vec![format!(
                    "a proxy in front of this server answers {}; directly, the status is {}",
                    other.status, head.status
                )]
            }
            (Some(_), Some(_)) => self.content_differences(),
            (Some(_), None) if proxied.end == End::StillOpen => {
                let events = counted(direct.event_count(), "event");
                vec![format!(
                    "a proxy in front of this server holds events back: no head came through it within {}; directly, a head and {events}",
                    seconds(proxied.duration)
                )]
            }
            (Some(_), None) => vec![format!(
                "a proxy in front of this server does not forward its stream: {}",
                proxied.summary()
            )],
        }
    }

    fn content_differences(&self) -> Vec<String> {
        let (direct, proxied) = (&self.direct.exchange, &self.proxied.exchange);
        let mut sentences = vec![];
        let (sent, came) = (direct.event_count(), proxied.event_count());
        let delays = self.delays();
        if sent >= ENOUGH && came * 2 < sent && proxied.end == End::StillOpen {
            sentences.push(format!(
                "a proxy in front of this server holds events back: {} came directly within {}, {came} through it",
                counted(sent, "event"),
                seconds(direct.duration)
            ));
        } else if delays.len() >= ENOUGH {
            let median = delays.get(delays.len() / 2).copied().unwrap_or_default();
            if median >= LATE {
                sentences.push(format!(
                    "a proxy in front of this server holds events back: the median of {} comes {} later through it",
                    counted(delays.len(), "event"),
                    seconds(median)
                ));
            }
        } else {
            sentences.push(format!(
                "nothing shows whether a proxy holds events back: {} came directly; --emit makes the server send some",
                counted(sent, "event")
            ));
        }
        if direct.end == End::StillOpen && !matches!(proxied.end, End::StillOpen | End::LimitReached) {
            sentences.push(format!(
                "a proxy in front of this server cuts streams: after {}, {}; directly, the stream stays open",
                seconds(proxied.duration),
                proxied.describe_end()
            ));
        }
        sentences
    }

    /// By how much events come later through the proxy, in order. Events of a stream that all clients share are recognized by
    /// their ids, types and data; otherwise the first event is compared with the first, and so on.
    fn delays(&self) -> Vec<Duration> {
        let mut shared = Vec::new();
        let mut others: Vec<_> = self.proxied.exchange.dispatched().collect();
        for event in self.direct.exchange.dispatched() {
            if let Some(at) = others.iter().position(|other| key(other) == key(event)) {
                let other = others.remove(at);
                let (first, second) =
                    (self.direct.started + event.block.at, self.proxied.started + other.block.at);
                shared.push(second.saturating_duration_since(first));
            }
        }
        if shared.len() < ENOUGH {
            let pairs = self.direct.exchange.dispatched().zip(self.proxied.exchange.dispatched());
            shared = pairs.map(|(event, other)| other.block.at.saturating_sub(event.block.at)).collect();
        }
        shared.sort_unstable();
        shared
    }
}

impl Seen {
    async fn of(options: &Options) -> Self {
        let limit = options.observation();
        let request = options.request(ReadLimits { head: limit, body: limit, events: None });
        let mut ongoing = OngoingExchange::open(options, &request).await;
        let started = Instant::now() - ongoing.elapsed();
        ongoing.read_until(limit, |_| false).await;
        Self { exchange: ongoing.finish(), started }
    }
}

/// The checks that pass directly and not through the proxy, as a sentence; `None` if there are none. Both are the results of
/// one probe each, of which later ones count.
pub fn worse_through_a_proxy(direct: &[CaseResult], proxied: &[CaseResult]) -> Option<String> {
    let last = |results: &[CaseResult], check: &str| {
        results.iter().rev().find(|result| result.case == check).map(|result| result.verdict)
    };
    let mut names: Vec<&str> = proxied.iter().map(|result| result.case.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|check| {
        last(direct, check) == Some(Verdict::Pass)
            && matches!(last(proxied, check), Some(Verdict::Fail | Verdict::Warn))
    });
    let short: Vec<&str> = names.iter().filter_map(|check| check.rsplit('/').next()).collect();
    (!short.is_empty()).then(|| format!("passes directly, but not through the proxy: {}", short.join(", ")))
}
