//! Several streams of a server that emits on its own, opened in two batches. What depends on when a stream was opened is the
//! same within a batch; what depends on the process that serves it is not.

use std::time::Duration;

use tokio::time::Instant;

use super::crowd::{open, read};
use super::places::Places;
use super::replay::REPLAYED;
use crate::options::Options;
use crate::wire::exchange::{End, Event, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How many streams a batch has at most, and at least.
const SIZE: (u32, u32) = (6, 3);

/// How many streams both have at most.
pub(crate) const MOST: u32 = 2 * SIZE.0;

/// The time between the batches.
const BETWEEN: Duration = Duration::from_millis(700);

/// How many events on each stream are enough.
const ENOUGH: usize = 6;

/// How long all streams are read.
const ALL: Duration = Duration::from_secs(5);

/// An event that came less than this before the end may still be on its way on other streams.
const ON_ITS_WAY: Duration = Duration::from_millis(400);

/// One of several streams.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) exchange: Exchange,
    /// The number of its batch.
    pub(crate) batch: usize,
    /// When its request was sent, on a clock that all of them share.
    opened: Duration,
    /// When all of them were open and had what may be a replay, on that clock.
    from: Duration,
}

impl Member {
    /// The events that came while all streams were open, each with its time on the clock of all.
    pub(crate) fn live(&self) -> impl Iterator<Item = (&Event, Duration)> {
        let to = self.opened + self.exchange.duration.saturating_sub(ON_ITS_WAY);
        let timed = self
            .exchange
            .dispatched()
            .map(|event| (event, self.opened + self.exchange.earliest_arrival(event.block.at)));
        timed.filter(move |(_, at)| (self.from..to).contains(at))
    }

    /// Whether it stayed open.
    pub(crate) fn is_open(&self) -> bool {
        self.exchange.end == End::StillOpen && self.exchange.may_be_stream()
    }
}

/// Opens both batches, and reads until each stream has enough events. `None` if there are too few places.
pub(crate) async fn observe(options: &Options, path: Option<String>, places: &Places) -> Option<Vec<Member>> {
    let size = SIZE.0.min(places.total() / 2);
    if size < SIZE.1 {
        return None;
    }
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    let request = options.request(limits).path(path);
    let first = open(options, &request, places, size).await;
    let mut streams = read(first, BETWEEN, None).await;
    let in_first = streams.len();
    streams.extend(open(options, &request, places, size).await);
    streams = read(streams, REPLAYED, None).await;
    let all_open = Instant::now();
    let enough: Vec<usize> =
        streams.iter().map(|stream| stream.exchange.event_count() + ENOUGH - 1).collect();
    streams = read(streams, ALL, Some(&enough)).await;
    // The others may have had theirs later.
    streams = read(streams, ON_ITS_WAY * 2, None).await;
    let began = streams.iter().map(|stream| stream.time_of(all_open)).max()?;
    let member = |(index, stream): (usize, OngoingExchange)| Member {
        batch: usize::from(index >= in_first),
        opened: began.saturating_sub(stream.time_of(all_open)),
        from: began,
        exchange: stream.finish(),
    };
    Some(streams.into_iter().enumerate().map(member).collect())
}
