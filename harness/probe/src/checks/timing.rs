//! When bytes arrive: whether heads and events are flushed, and what keeps an idle stream alive.

mod blank_lines;
mod clumps;
mod deaf;
mod keep_alive;
mod timestamps;

use std::time::Duration;

use self::blank_lines::{blank_line_delay, blank_lines};
use self::clumps::batches;
use self::keep_alive::{keep_alive_comment, keep_alive_unless_emitting};
use super::stream::judge_stream;
use crate::check::{Check, judging};
use crate::describe::{counted, seconds};
use crate::emit::EmitError;
use crate::need::Need;
use crate::observe::before_leaving::FirstEvents;
use crate::observe::heads::{PROMPT, TOGETHER};
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
        // Where few streams are served, each would wait until the one before is released.
        if context.is_alone && !context.places().are_limited() {
            open_after_events(&context).await;
        }
        let Some(late) = context.heads().late() else { return Ok(Outcome::Holds) };
        let observed = format!(
            "the head together with the first content, after up to {} on other streams",
            seconds(late.head_time())
        );
        // The others may have waited for each other.
        return Ok(Breach::new(&late, expected, observed).hint(hint).about_time().proven());
    }
    let first_content = exchange.reads.iter().find(|read| read.content > 0);
    let is_with_content = first_content.is_some_and(|read| read.at <= head.at + TOGETHER);
    let suffix = if is_with_content { ", together with the first content" } else { "" };
    let observed = format!("the head after {}{suffix}", seconds(head.at));
    let breach = Breach::new(exchange, expected, observed).about_time();
    Ok(if is_with_content { breach.hint(hint).proven() } else { breach.suspected() })
}

/// How many streams are opened one after the other.
const IN_SERIES: usize = 2;

/// Opens streams one after the other, each as soon as the head of the one before has come. Where heads come with events,
/// each waits for the next event.
async fn open_after_events(context: &CheckContext) {
    for _ in 0..IN_SERIES {
        let _place = context.reserve(1).await;
        let request = context.request(context.until_first_event()).path(context.path.clone());
        let mut ongoing = context.places().open(context.options(), &request).await;
        ongoing.read_head(context.options().timeout).await;
        ongoing.read_for(TOGETHER).await;
        context.heads().note(&ongoing.finish());
    }
}

async fn event_latency(context: CheckContext) -> Result<Outcome, Outcome> {
    let observation = context.observed_stream().await?;
    let exchange = &observation.exchange;
    if let Some(error) = &observation.emit_error {
        let worked = context.capacity().await.first_events != FirstEvents::Unknown;
        return Err(match (worked, error, context.is_alone) {
            // The load of the probe may have been the reason.
            (true, _, false) | (_, EmitError::TimedOut(_), false) => {
                Outcome::JudgeAlone(format!("--emit failed while other checks ran: {error}"))
            }
            (true, _, true) => {
                Outcome::NotJudged(format!("--emit worked at first, and then failed: {error}"))
            }
            (false, ..) => Outcome::SetupFailed(format!("--emit does not make the server emit: {error}")),
        });
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
    let is_counted = deaf::is_counted_on(&received, &live, late.opened);
    if late.emitted.is_none() && !is_counted && (is_own || last.is_none_or(|last| last < DEMO)) {
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
        .hint("a write timeout for the whole response, write errors that are ignored, and code that removes the wrong client when one leaves, leave the stream open but deaf")
        .proven())
}

fn padding(exchange: &Exchange) -> Outcome {
    let first = exchange.dispatched().next().map_or(u64::MAX, |event| event.block.offset);
    let before = exchange.comments.iter().filter(|comment| comment.offset < first);
    let bytes: u64 = before.map(|comment| comment.length).filter(|length| *length >= 256).sum();
    fact("padding before the first event", if bytes == 0 { "none".into() } else { format!("{bytes} bytes") })
}

#[cfg(test)]
mod tests;
