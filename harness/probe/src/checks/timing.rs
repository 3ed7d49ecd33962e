//! When bytes arrive: whether heads and events are flushed, and what keeps an idle stream alive.

mod blank_lines;
mod keep_alive;
mod timestamps;

use std::time::Duration;

use self::blank_lines::{blank_line_delay, blank_lines};
use self::keep_alive::{keep_alive_comment, keep_alive_unless_emitting};
use self::timestamps::find_timestamp;
use super::stream::judge_stream;
use crate::check::{Check, judging};
use crate::describe::{counted, seconds};
use crate::need::Need;
use crate::observe::heads::{PAUSE, PROMPT, TOGETHER};
use crate::observe::observations::CheckContext;
use crate::observe::replay::REPLAYED;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Event, Exchange};

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "headers-flushed",
        "The response head is sent immediately, before the first event",
        "resilience-server/headers-flushed",
        |c| judging(headers_flushed(c)),
    )
    .of_response_time(),
    Check::new(
        "event-latency",
        "Events are sent as soon as they are emitted",
        "resilience-server/events-flushed",
        |c| judging(event_latency(c)),
    )
    .needs(&[Need::Emit]),
    Check::new(
        "still-receives",
        "A stream that has been open for 30 s receives the events that a new one receives",
        "resilience-server/open-streams-receive",
        |c| judging(still_receives(c)),
    )
    .needs(&[Need::FullObservation]),
    Check::new("clumps", "Events arrive one at a time, not in batches", "resilience-server/no-clumps", |c| {
        judge_stream(c, batches)
    }),
    Check::new(
        "block-in-one-flush",
        "The blank line after an event arrives together with its last field",
        "resilience-server/blank-line-flushed",
        |c| judge_stream(c, blank_line_delay),
    ),
    Check::new("blank-lines", "A blank line ends each event", "whatwg/abnf-event", |c| {
        judge_stream(c, blank_lines)
    }),
    Check::new(
        "keep-alive",
        "An idle stream sends bytes before proxies close it",
        "resilience-server/keep-alive",
        |c| judging(async move { Ok(keep_alive_unless_emitting(c.observed_stream().await?.as_ref())) }),
    )
    .needs(&[Need::FullObservation]),
    Check::new(
        "keep-alive-is-comment",
        "Keep-alives are comments, not events",
        "resilience-server/keep-alive-is-comment",
        |c| judge_stream(c, keep_alive_comment),
    ),
    Check::new("padding", "Amount of padding before the first event", "resilience-server/padding", |c| {
        judge_stream(c, padding)
    }),
];

/// A read that is later than this may return several events that were sent one after the other.
const LATE_READ: Duration = Duration::from_millis(200);

async fn headers_flushed(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.long_observation().await;
    let exchange = &observation.exchange;
    let expected = "the response head within 1 s";
    let hint = "clients fire `open` when the head arrives; flush it (flushHeaders(), or an initial comment) before the first event";
    let Some(head) = exchange.head() else {
        if exchange.vain_wait().is_some() && exchange.http_findings.is_empty() {
            let observed = format!("nothing within {}", seconds(exchange.duration));
            return Ok(Breach::new(exchange, expected, observed).hint(hint).about_time().proven());
        }
        return Err(Outcome::NotJudged(format!("the server did not respond: {}", exchange.summary())));
    };
    if exchange.head_time() <= PROMPT {
        // This stream may have been opened just before an event: the others count too.
        let Some(late) = context.heads().late() else { return Ok(Outcome::Holds) };
        let observed = format!(
            "the head together with the first content, after up to {} on other streams",
            seconds(late.head_time())
        );
        let breach = Breach::new(&late, expected, observed).hint(hint);
        // Where few streams are served, others may have waited for a place.
        let is_limited = context.places().are_limited();
        return Ok(if is_limited { breach.about_time().proven() } else { breach.proven() });
    }
    let first_content = exchange.reads.iter().find(|read| read.content > 0);
    let is_with_content = first_content.is_some_and(|read| read.at <= head.at + TOGETHER);
    let suffix = if is_with_content { ", together with the first content" } else { "" };
    let observed = format!("the head after {}{suffix}", seconds(head.at));
    let breach = Breach::new(exchange, expected, observed).about_time();
    let others_too = context.heads().late().is_some() && !context.places().are_limited();
    let breach = if others_too { Breach { is_about_time: false, ..breach } } else { breach };
    Ok(if is_with_content { breach.hint(hint).proven() } else { breach.suspected() })
}

async fn event_latency(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.observed_stream().await?;
    let exchange = &observation.exchange;
    if let Some(error) = &observation.emit_error {
        return Err(Outcome::SetupFailed(format!("--emit does not make the server emit: {error}")));
    }
    let arrivals: Vec<Duration> = exchange.dispatched().map(|event| event.block.at).collect();
    let mut slowest: Option<Duration> = None;
    for emission in &observation.emissions {
        let Some(arrival) = arrivals.iter().find(|arrival| **arrival >= emission.started) else {
            let waited = exchange.duration.saturating_sub(emission.started);
            let observed = format!("no event within {}", seconds(waited));
            return Ok(Breach::new(exchange, "an event after each emission", observed).proven());
        };
        // A command may take some time before it does anything.
        slowest = slowest.max(Some(exchange.earliest_arrival(*arrival).saturating_sub(emission.done)));
    }
    Ok(match slowest {
        Some(latency) if latency > PROMPT => {
            let observed = format!("an event after {}", seconds(latency));
            Breach::new(exchange, "each event within 1 s", observed)
                .hint("something buffers the stream: the framework, compression, or a proxy")
                .about_time()
                .proven()
        }
        Some(_) => Outcome::Holds,
        None => Outcome::NotJudged("the server was not made to emit".into()),
    })
}

/// How late the last event on the first stream may be if the stream itself ended with it, as in a demo that counts to ten.
const DEMO: Duration = Duration::from_secs(20);

async fn still_receives(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.observed_stream().await?;
    let (first, Some(late)) = (&observation.exchange, &observation.late) else {
        return Err(Outcome::NotJudged("no second stream was opened after 30 s".into()));
    };
    if first.end != End::StillOpen {
        return Err(Outcome::NotJudged(format!("the stream was not open: {}", first.describe_end())));
    }
    let Some(head) = late.exchange.head() else {
        return Err(Outcome::NotJudged(format!("no second stream: {}", late.exchange.summary())));
    };
    let live_from = late.emitted.unwrap_or(head.at + REPLAYED);
    let live = late.exchange.dispatched().filter(|event| event.block.at >= live_from);
    let live: Vec<&Event> = live.collect();
    if live.is_empty() || (late.emitted.is_none() && live.len() < 2) {
        return Err(Outcome::NotJudged("too few events came on the second stream".into()));
    }
    let received: Vec<&Event> = first.dispatched().collect();
    let last = received.last().map(|event| event.block.at);
    // What was emitted may have come while the trigger still ran.
    if last.is_some_and(|last| last >= late.opened) {
        return Ok(Outcome::Holds);
    }
    let same = |a: &Event, b: &Event| (&a.block.id, &a.block.data) == (&b.block.id, &b.block.data);
    let is_own = live.iter().all(|event| received.iter().any(|other| same(event, other)));
    if late.emitted.is_none() && (is_own || last.is_none_or(|last| last < DEMO)) {
        return Err(Outcome::NotJudged("each stream may have events of its own: use --emit".into()));
    }
    let silent = first.duration.saturating_sub(last.unwrap_or_default());
    let observed = format!(
        "{} on a stream opened after {}, and none on the first for {}",
        counted(live.len(), "event"),
        seconds(late.opened),
        seconds(silent)
    );
    Ok(Breach::new(first, "the same events on both streams", observed)
        .with_exchange(&late.exchange, 2)
        .hint("a write timeout for the whole response, and write errors that are ignored, leave the stream open but deaf")
        .proven())
}

/// Groups events that came in the same chunk, or without chunks in the same read.
fn bursts(exchange: &Exchange) -> Vec<Vec<&Event>> {
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

fn batches(exchange: &Exchange) -> Outcome {
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
    if after_pause.is_empty() {
        return Outcome::NotJudged("too few events came to judge".into());
    }
    let expected = "each event when it happens";
    if let Some((count, spread)) = held_back(exchange) {
        let observed = format!(
            "{count} events at the same time, although the timestamps in them are {} apart",
            seconds(spread)
        );
        return Breach::new(exchange, expected, observed)
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
        return Breach::new(exchange, expected, observed)
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
fn held_back(exchange: &Exchange) -> Option<(usize, Duration)> {
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

fn padding(exchange: &Exchange) -> Outcome {
    let first = exchange.dispatched().next().map_or(u64::MAX, |event| event.block.offset);
    let before = exchange.comments.iter().filter(|comment| comment.offset < first);
    let bytes: u64 = before.map(|comment| comment.length).filter(|length| *length >= 256).sum();
    fact("padding before the first event", if bytes == 0 { "none".into() } else { format!("{bytes} bytes") })
}

#[cfg(test)]
mod tests;
