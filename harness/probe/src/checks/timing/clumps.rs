//! Whether events arrive one at a time, or in batches.

use std::time::Duration;

use super::timestamps::find_timestamp;
use crate::describe::seconds;
use crate::observe::heads::{PAUSE, PROMPT, TOGETHER};
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Event, Exchange};
use crate::wire::request::Method;

/// A read that is later than this may return several events that were sent one after the other.
const LATE_READ: Duration = Duration::from_millis(200);

const EXPECTED: &str = "each event when it happens";

/// Groups events that came in the same chunk, or without chunks in the same read.
pub(super) fn bursts(exchange: &Exchange) -> Vec<Vec<&Event>> {
    let mut bursts: Vec<Vec<&Event>> = Vec::new();
    for event in exchange.dispatched() {
        let key = |event: &Event| (event.chunk, if event.chunk == 0 { event.read } else { 0 });
        match bursts.last_mut() {
            Some(burst) if burst.first().is_some_and(|first| key(first) == key(event)) => burst.push(event),
            _ => bursts.push(vec![event]),
        }
    }
    bursts
}

pub(super) fn batches(exchange: &Exchange) -> Outcome {
    let all = bursts(exchange);
    let at = |burst: &[&Event]| burst.first().map_or(Duration::ZERO, |event| event.block.at);
    // The first burst may be a replay of earlier events.
    let mut after_pause = Vec::new();
    for pair in all.windows(2) {
        if let [before, burst] = pair
            && exchange.earliest_arrival(at(burst)).saturating_sub(at(before)) >= PAUSE
            // Without chunks, events that came while this process was not scheduled seem to be one burst.
            && (burst.iter().all(|event| event.chunk > 0) || is_prompt(exchange, at(burst)))
        {
            after_pause.push(burst);
        }
    }
    // If the head came late, the events that came with it were held back too.
    let is_head_late = exchange.head().is_some_and(|head| head.at > PROMPT);
    if is_head_late && let Some(first) = all.first() {
        after_pause.push(first);
    }
    if let Some((count, waited)) = all_at_the_end(exchange) {
        let observed = format!(
            "all {count} events at the same time, {} after the head, and then the end",
            seconds(waited)
        );
        return Breach::new(exchange, EXPECTED, observed)
            .hint("the text is collected before it is sent: send each piece as soon as it is there")
            .suspected();
    }
    if after_pause.is_empty() {
        return Outcome::NotJudged("too few events came to judge".into());
    }
    if let Some((count, spread)) = held_back(exchange) {
        let observed = format!(
            "{count} events at the same time, although the timestamps in them are {} apart",
            seconds(spread)
        );
        return Breach::new(exchange, EXPECTED, observed)
            .hint("something buffers the stream: the server, compression, or a proxy")
            .proven();
    }
    let batches = after_pause.iter().filter(|burst| burst.len() >= 2).count();
    let largest = after_pause.iter().map(|burst| burst.len()).max().unwrap_or_default();
    if (batches >= 2 && largest >= 3 && batches * 2 > after_pause.len()) || (batches >= 1 && largest >= 5) {
        let unit = if exchange.events.iter().any(|event| event.chunk > 0) { "chunk" } else { "read" };
        let observed = format!(
            "several events in one {unit} after {batches} of {} pauses, up to {largest} events",
            after_pause.len()
        );
        return Breach::new(exchange, EXPECTED, observed)
            .hint("flush after each event, unless the events happen at the same time")
            .proven();
    }
    Outcome::Holds
}

/// Whether a read was not so late that events which were sent one after the other came together.
fn is_prompt(exchange: &Exchange, read: Duration) -> bool {
    read.saturating_sub(exchange.earliest_arrival(read)) < LATE_READ
}

/// Events that came together although the timestamps in them differ: how many, and by how much.
pub(super) fn held_back(exchange: &Exchange) -> Option<(usize, Duration)> {
    let events: Vec<&Event> = exchange.dispatched().collect();
    let first = events.first()?.block.at;
    let together = events.chunk_by(|a, b| b.block.at.saturating_sub(a.block.at) < TOGETHER);
    // The first events may be a replay.
    let later = together.filter(|burst| {
        burst
            .first()
            .is_some_and(|event| event.block.at > first + PAUSE && is_prompt(exchange, event.block.at))
    });
    let spreads = later.filter_map(|burst| {
        let times: Vec<_> =
            burst.iter().filter_map(|event| find_timestamp(event.block.data.as_deref()?)).collect();
        let (format, start) = *times.first()?;
        let (other, end) = *times.last()?;
        let spread = u64::try_from(end.saturating_sub(start)).ok()?;
        (format == other && (500..60_000).contains(&spread))
            .then(|| (burst.len(), Duration::from_millis(spread)))
    });
    spreads.max_by_key(|(_, spread)| *spread)
}

/// How many events a response has at least that would be streamed if they could.
const ENOUGH: usize = 5;

/// The events of the response to a POST that all came at its end: how many, and how long after the head. (The response to a
/// GET may be a replay.)
fn all_at_the_end(exchange: &Exchange) -> Option<(usize, Duration)> {
    let head = exchange.head()?;
    let events: Vec<&Event> = exchange.dispatched().collect();
    let (first, last) = (events.first()?.block.at, events.last()?.block.at);
    let waited = exchange.earliest_arrival(first).saturating_sub(head.at);
    let is_at_the_end = exchange.duration.saturating_sub(last) < TOGETHER * 2;
    (matches!(exchange.request.method, Method::Post(_))
        && exchange.end == End::Complete
        && events.len() >= ENOUGH
        && waited >= PAUSE
        && last.saturating_sub(first) < TOGETHER
        && is_prompt(exchange, first)
        && is_at_the_end)
        .then_some((events.len(), waited))
}
