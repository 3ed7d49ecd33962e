//! Several streams that are open at the same time while the server is made to emit.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::emit::EmitTrigger;
use crate::observe::places::Places;
use crate::observe::replay::REPLAYED;
use crate::options::Options;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{ReadLimits, Request};

/// How many streams are opened. One of two processes serves them all once in 128 times.
const STREAMS: u32 = 8;

/// How often the server is made to emit.
const EMISSIONS: usize = 6;

/// How long each emission may take to arrive, unless all streams have it before.
const ARRIVAL: Duration = Duration::from_millis(500);

/// How long is read after the last emission.
const REST: Duration = Duration::from_millis(500);

/// How long is read then, if events are missing: they may be late.
const LATE: Duration = Duration::from_secs(4);

/// Several streams that were open at the same time.
#[derive(Debug)]
pub(crate) struct Crowd {
    pub(crate) streams: Vec<Exchange>,
    /// How many events each stream received after the first emission.
    pub(crate) received: Vec<usize>,
    /// How many streams an event reached, for each emission that worked.
    pub(crate) reached: Vec<usize>,
}

/// Opens the streams, makes the server emit, and counts the events on each.
pub(crate) async fn observe(
    options: &Options,
    trigger: &EmitTrigger,
    path: Option<String>,
    places: &Places,
) -> Crowd {
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    let request = options.request(limits).path(path);
    let streams = open(options, &request, places, STREAMS.min(places.total())).await;
    let mut streams = read(streams, REPLAYED, None).await;
    let before: Vec<usize> = streams.iter().map(|stream| stream.exchange.event_count()).collect();
    let mut reached = Vec::new();
    for _ in 0..EMISSIONS {
        let known: Vec<usize> = streams.iter().map(|stream| stream.exchange.event_count()).collect();
        let emitting = tokio::spawn(trigger.clone().emit(options.timeout));
        streams = read(streams, ARRIVAL, Some(&known)).await;
        if matches!(emitting.await, Ok(Ok(()))) {
            let has_more =
                |(stream, known): &(&OngoingExchange, &usize)| stream.exchange.event_count() > **known;
            reached.push(streams.iter().zip(&known).filter(has_more).count());
        }
    }
    streams = read(streams, REST, None).await;
    if streams
        .iter()
        .zip(&before)
        .any(|(stream, before)| stream.exchange.event_count() - before < reached.len())
    {
        streams = read(streams, LATE, None).await;
    }
    let received =
        streams.iter().zip(&before).map(|(stream, before)| stream.exchange.event_count() - before).collect();
    let streams = streams.into_iter().map(OngoingExchange::finish).collect();
    Crowd { streams, received, reached }
}

/// Opens this many streams at the same time, and waits for their heads.
pub(super) async fn open(
    options: &Options,
    request: &Request,
    places: &Places,
    count: u32,
) -> Vec<OngoingExchange> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (options, request, places) = (options.clone(), request.clone(), places.clone());
        tasks.spawn(async move {
            let mut stream = places.open(&options, &request).await;
            stream.read_head(options.timeout).await;
            stream
        });
    }
    tasks.join_all().await
}

/// Reads all streams for this long, or each until it has more events than it is known to have. Keeps their order.
pub(super) async fn read(
    streams: Vec<OngoingExchange>,
    time: Duration,
    known: Option<&[usize]>,
) -> Vec<OngoingExchange> {
    let mut tasks = JoinSet::new();
    for (index, mut stream) in streams.into_iter().enumerate() {
        let known = known.and_then(|known| known.get(index).copied());
        tasks.spawn(async move {
            let limit = stream.elapsed() + time;
            stream
                .read_until(limit, |exchange| known.is_some_and(|known| exchange.event_count() > known))
                .await;
            (index, stream)
        });
    }
    let mut all = tasks.join_all().await;
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, stream)| stream).collect()
}
