//! When bytes come: whether heads and events are flushed, and what keeps an idle stream alive.

use std::time::Duration;

use ssespec_reports::visible;

use super::check::{Check, Need, Takes};
use super::lab::{Bench, Watched};
use super::outcome::{Breach, Outcome, told};
use super::stamp::stamp;
use super::wire::exchange::seconds;
use super::wire::{End, Event, Exchange};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "headers-flushed",
        title: "The head is sent at once, before the first event",
        requirement: "resilience-server/headers-flushed",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(headers_flushed(bench)),
    },
    Check {
        name: "event-latency",
        title: "An event is sent when it is emitted",
        requirement: "resilience-server/events-flushed",
        needs: &[Need::Emit],
        takes: Takes::Observation,
        judge: |bench| Box::pin(event_latency(bench)),
    },
    Check {
        name: "clumps",
        title: "Events come one by one, not in clumps",
        requirement: "resilience-server/no-clumps",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(clumps(bench)),
    },
    Check {
        name: "block-in-one-flush",
        title: "The blank line of an event comes with its last field",
        requirement: "resilience-server/blank-line-flushed",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(blank_line(bench)),
    },
    Check {
        name: "blank-lines",
        title: "A blank line ends each event",
        requirement: "whatwg/abnf-event",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(blank_lines(bench)),
    },
    Check {
        name: "keep-alive",
        title: "An idle stream carries bytes before proxies give it up",
        requirement: "resilience-server/keep-alive",
        needs: &[],
        takes: Takes::WholeObservation,
        judge: |bench| Box::pin(keep_alive(bench)),
    },
    Check {
        name: "keep-alive-is-comment",
        title: "What keeps an idle stream alive is a comment, not an event",
        requirement: "resilience-server/keep-alive-is-comment",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(keep_alive_comment(bench)),
    },
    Check {
        name: "padding",
        title: "How much padding comes before the first event",
        requirement: "resilience-server/padding",
        needs: &[],
        takes: Takes::Observation,
        judge: |bench| Box::pin(padding(bench)),
    },
];

/// A head that comes later than this comes late.
const PROMPT: Duration = Duration::from_secs(1);

/// What comes within this time came together.
const TOGETHER: Duration = Duration::from_millis(60);

async fn headers_flushed(bench: Bench) -> Outcome {
    let watched = bench.watched().await;
    let exchange = &watched.exchange;
    let hint =
        "`open` fires when the head comes; flush it (flushHeaders(), a first comment) before the first event";
    let Some(head) = exchange.head() else {
        if exchange.end == End::Left && exchange.raw_length == 0 && exchange.http.is_empty() {
            let observed = format!("nothing within {}", seconds(exchange.watched));
            return Breach::of(exchange, "the head within 1 s", observed).hint(hint).broken();
        }
        return Outcome::NotJudged(format!("the server did not answer: {}", exchange.instead()));
    };
    if head.at <= PROMPT {
        return Outcome::Held;
    }
    let first = exchange.reads.iter().find(|read| read.content > 0);
    let is_together = first.is_some_and(|read| read.at <= head.at + TOGETHER);
    let observed = format!(
        "the head after {}{}",
        seconds(head.at),
        if is_together { ", together with the first content" } else { "" }
    );
    let breach = Breach::of(exchange, "the head within 1 s", observed);
    if is_together { breach.hint(hint).broken() } else { breach.suspected() }
}

async fn event_latency(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    if let Some(trouble) = &watched.trouble {
        return Outcome::Trouble(format!("--emit does not make the server emit: {trouble}"));
    }
    let arrivals: Vec<Duration> = watched.exchange.dispatched().map(|event| event.block.at).collect();
    let mut slowest: Option<Duration> = None;
    for (before, done) in &watched.emissions {
        let next = arrivals.iter().find(|arrival| **arrival >= *before);
        let Some(next) = next else {
            let observed =
                format!("none within {}", seconds(watched.exchange.watched.saturating_sub(*before)));
            return Breach::of(&watched.exchange, "an event after each emission", observed).broken();
        };
        // A command may take its time before it does anything.
        slowest = slowest.max(Some(next.saturating_sub(*done)));
    }
    match slowest {
        Some(latency) if latency > PROMPT => {
            Breach::of(&watched.exchange, "each event within 1 s", format!("one after {}", seconds(latency)))
                .hint("something buffers: the framework, a compression, a proxy")
                .broken()
        }
        Some(_) => Outcome::Held,
        None => Outcome::NotJudged("the server was not made to emit".into()),
    }
}

/// How long nothing comes between two clumps.
const PAUSE: Duration = Duration::from_millis(700);

/// Events that came in the same chunk, or where there are none in the same read.
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

async fn clumps(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let exchange = &watched.exchange;
    let all = bursts(exchange);
    let at = |burst: &[&Event]| burst.first().map_or(Duration::ZERO, |event| event.block.at);
    // What comes first may be what happened before.
    let mut after_pause = Vec::new();
    for pair in all.windows(2) {
        if let [before, burst] = pair
            && at(burst).saturating_sub(at(before)) >= PAUSE
        {
            after_pause.push(burst);
        }
    }
    // A head that came late was held back with what came with it.
    let late_head = exchange.head().is_some_and(|head| head.at > PROMPT);
    if late_head && let Some(first) = all.first() {
        after_pause.push(first);
    }
    if after_pause.is_empty() {
        return Outcome::NotJudged("too few events came to tell".into());
    }
    if let Some((count, spread)) = held_back(exchange) {
        let observed =
            format!("{count} events at once, with times in them that are {} apart", seconds(spread));
        return Breach::of(exchange, "each event when it happens", observed)
            .hint("something buffers: the server, a compression, a proxy")
            .broken();
    }
    let clumps = after_pause.iter().filter(|burst| burst.len() >= 2).count();
    let largest = after_pause.iter().map(|burst| burst.len()).max().unwrap_or_default();
    if (clumps >= 2 && largest >= 3 && clumps * 2 > after_pause.len()) || (clumps >= 1 && largest >= 5) {
        let unit = if exchange.events.iter().any(|event| event.chunk > 0) { "chunk" } else { "read" };
        let observed = format!(
            "{clumps} of {} times several events in one {unit} after a pause, up to {largest} of them",
            after_pause.len()
        );
        return Breach::of(exchange, "each event when it happens", observed)
            .hint("events are written together: flush after each one, unless they happen together")
            .broken();
    }
    Outcome::Held
}

/// Events that came at once though the times in them differ: how many, and by how much.
fn held_back(exchange: &Exchange) -> Option<(usize, Duration)> {
    let events: Vec<&Event> = exchange.dispatched().collect();
    let first = events.first()?.block.at;
    let together = events.chunk_by(|a, b| b.block.at.saturating_sub(a.block.at) < TOGETHER);
    // What came first may be a replay.
    let later = together.filter(|burst| burst.first().is_some_and(|event| event.block.at > first + PAUSE));
    let spreads = later.filter_map(|burst| {
        let times: Vec<_> = burst.iter().filter_map(|event| stamp(event.block.data.as_deref()?)).collect();
        let (kind, start) = *times.first()?;
        let (other, end) = *times.last()?;
        let spread = u64::try_from(end.saturating_sub(start)).ok()?;
        (kind == other && (500..60_000).contains(&spread))
            .then(|| (burst.len(), Duration::from_millis(spread)))
    });
    spreads.max_by_key(|(_, spread)| *spread)
}

async fn blank_line(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let exchange = &watched.exchange;
    let events: Vec<&Event> = exchange.dispatched().collect();
    let wait = |event: &Event| event.block.at.saturating_sub(event.block.last_line);
    let late: Vec<Duration> =
        events.iter().map(|event| wait(event)).filter(|wait| *wait > TOGETHER * 2).collect();
    let longest = late.iter().max().copied().unwrap_or_default();
    let hint = "an event whose blank line is missing is shown with the one after it, or never";
    // The last event is open as long as nothing follows it. A block of comments holds nothing back.
    let is_hanging = (exchange.pending.is_open || exchange.is_within_line)
        && exchange.end == End::Left
        && exchange.watched.saturating_sub(exchange.last_byte) > Duration::from_secs(1)
        && exchange.content_length > 0;
    if is_hanging {
        let observed =
            format!("a block was open for {}", seconds(exchange.watched.saturating_sub(exchange.last_byte)));
        return Breach::of(exchange, "a blank line right after the last field", observed).hint(hint).broken();
    }
    if events.is_empty() {
        return Outcome::NotJudged("no event came".into());
    }
    if late.len() * 2 >= events.len() && (longest > PAUSE || late.len() >= 3) {
        let observed = format!("the blank line up to {} later", seconds(longest));
        return Breach::of(exchange, "a blank line right after the last field", observed).hint(hint).broken();
    }
    if longest > PAUSE {
        let observed = format!("the blank line up to {} later, {} times", seconds(longest), late.len());
        return Breach::of(exchange, "a blank line right after the last field", observed).suspected();
    }
    Outcome::Held
}

/// How much of a field is shown.
const SHOWN: usize = 200;

/// How long data may wait for the blank line after it where no event has come.
const HELD_BACK: Duration = Duration::from_secs(1);

async fn blank_lines(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let exchange = &watched.exchange;
    let pending = &exchange.pending;
    let expected = "a blank line after the fields of each event";
    let hint = "clients dispatch an event when the blank line comes, and join what comes before it into one";
    let events = exchange.dispatched().count();
    let Some(since) = pending.since else { return without_lines(exchange, expected) };
    if events == 0 && exchange.end == End::Left && exchange.watched.saturating_sub(since) > HELD_BACK {
        let observed = format!(
            "{} data fields within {}, and no event",
            pending.data,
            seconds(exchange.watched.saturating_sub(since))
        );
        return Breach::of(exchange, expected, observed).hint(hint).broken();
    }
    if pending.pauses >= 2 {
        let observed =
            format!("{} times a field of a block came more than 0.5 s after another", pending.pauses);
        // What buffers cuts blocks anywhere, too.
        return Breach::of(exchange, expected, observed).hint(hint).suspected();
    }
    if let Some(second) = &pending.second {
        let observed = format!("a second one in a block: {}", visible::line(second, SHOWN));
        return Breach::of(exchange, "one type and one id in a block", observed)
            .hint("the blank line between two events is missing, or the fields are written twice")
            .suspected();
    }
    Outcome::Held
}

/// A stream of which no field was complete.
fn without_lines(exchange: &Exchange, expected: &str) -> Outcome {
    let text = String::from_utf8_lossy(&exchange.content);
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    if line.contains("\\n") && exchange.is_within_line && exchange.end == End::Left {
        return Breach::of(exchange, expected, format!("a line of {} bytes without an end", line.len()))
            .hint("the line break is written as a backslash and an n")
            .broken();
    }
    Outcome::NotJudged("no data came".into())
}

/// Longer silences than this are found by proxies.
const SILENCE: Duration = Duration::from_secs(30);

async fn keep_alive(bench: Bench) -> Outcome {
    match bench.stream().await {
        Ok(watched) => idle(&watched.exchange),
        Err(outcome) => outcome,
    }
}

fn idle(exchange: &Exchange) -> Outcome {
    let (silence, since) = exchange.silence;
    if silence >= SILENCE {
        let observed = format!("{} without a byte, from {} on", seconds(silence), seconds(since));
        return Breach::of(exchange, "bytes about every 15 s", observed)
            .hint("proxies close what is silent for 30 s or 60 s; send a comment line every 15 s")
            .broken();
    }
    if exchange.end != End::Left {
        return Outcome::NotJudged(format!("it was not idle for long enough: {}", exchange.ending()));
    }
    if silence < Duration::from_secs(10) {
        return Outcome::HeldWith("events came so often that the stream was never idle for 10 s".into());
    }
    Outcome::Held
}

async fn keep_alive_comment(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let exchange = &watched.exchange;
    const WORDS: [&str; 7] =
        ["ping", "heartbeat", "keepalive", "keep-alive", "keep_alive", "heart-beat", "heart_beat"];
    let is_beat = |text: &str| WORDS.contains(&text.trim().to_ascii_lowercase().as_str());
    let beat = exchange.dispatched().find(|event| {
        let block = &event.block;
        block.event.as_deref().is_some_and(is_beat) || block.data.as_deref().is_some_and(is_beat)
    });
    match beat {
        Some(event) => {
            let observed = format!(
                "an event of type {:?} with data {:?}{}",
                event.block.event.as_deref().unwrap_or("message"),
                event.block.data.as_deref().unwrap_or_default(),
                if event.block.id.is_some() { " and an id" } else { "" }
            );
            Breach::of(exchange, "a comment, such as \": ping\"", observed)
                .hint("an event reaches the listeners of every client; a comment reaches none")
                .broken()
        }
        None if exchange.comments.is_empty() => Outcome::NotJudged("nothing came that keeps it alive".into()),
        None => Outcome::Held,
    }
}

async fn padding(bench: Bench) -> Outcome {
    let watched: std::sync::Arc<Watched> = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    let exchange = &watched.exchange;
    let first = exchange.dispatched().next().map_or(u64::MAX, |event| event.block.offset);
    let before = exchange.comments.iter().filter(|comment| comment.offset < first);
    let bytes: u64 = before.map(|comment| comment.length).filter(|length| *length >= 256).sum();
    told("padding before the first event", if bytes == 0 { "none".into() } else { format!("{bytes} bytes") })
}

#[cfg(test)]
mod tests;
