//! Whether streams still receive events after other clients have left.

use std::time::Duration;

use crate::describe::seconds;
use crate::observe::before_leaving::FirstEvents;
use crate::observe::observations::CheckContext;
use crate::observe::replay::REPLAYED;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Event, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::Request;

/// How long to wait for events before others leave, if the probe cannot make the server emit.
const BEFORE: Duration = Duration::from_secs(6);

/// The longest time within which another event must come.
const LONGEST: Duration = Duration::from_secs(4);

/// Within which time a stream receives another event, by those that came before; `None` if that is not known. While other checks
/// run, their clients leave too.
pub(super) async fn rhythm(context: &CheckContext, other: &mut OngoingExchange) -> Option<Duration> {
    if !context.is_alone {
        return None;
    }
    if context.options().emit.is_some() {
        return emitted(context, other).await.then_some(EMITTED);
    }
    let limit = other.elapsed() + BEFORE;
    other.read_until(limit, |exchange| exchange.dispatched().nth(2).is_some()).await;
    let times: Vec<Duration> = other.exchange.dispatched().map(|event| event.block.at).collect();
    let longest = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max()?;
    (times.len() > 2).then(|| (longest * 3).clamp(EMITTED, LONGEST))
}

/// How long an event that was emitted may take.
const EMITTED: Duration = Duration::from_millis(1500);

/// Whether an event comes when the server is made to emit.
pub(super) async fn emitted(context: &CheckContext, stream: &mut OngoingExchange) -> bool {
    let Some(trigger) = context.options().emit.clone() else { return false };
    let before = stream.exchange.event_count();
    let has_more = |exchange: &Exchange| exchange.event_count() > before;
    let emitting = tokio::spawn(trigger.emit(context.options().timeout));
    let limit = stream.elapsed() + EMITTED;
    stream.read_until(limit, has_more).await;
    // Whether it failed is for event-latency to report.
    let _ = emitting.await;
    has_more(&stream.exchange)
}

/// The breach of a server that sent events until the first clients left, and none on any stream after that.
fn silent(exchange: &Exchange) -> Breach {
    let observed = format!(
        "events came on the first streams of the probe; since clients closed some of them, none came on any stream, for {}",
        seconds(exchange.duration)
    );
    Breach::new(exchange, GOES_ON, observed).hint(LOOP_ENDED)
}

const GOES_ON: &str = "a server that goes on sending events";

const LOOP_ENDED: &str = "an error on the connection of a client that left, or a full queue of it, ends or blocks the loop that sends events to all";

fn is_silent(exchange: &Exchange) -> bool {
    exchange.end == End::StillOpen && exchange.dispatched().next().is_none()
}

/// A sender that waits for a client that left still fills its buffer: so many events at most come after that.
const BUFFERED: usize = 2;

/// How long nothing must come after those.
const FOR_GOOD: Duration = Duration::from_secs(20);

/// The breach of a server that sent events steadily until the first clients left, and none after that.
pub(super) async fn silenced(context: &CheckContext) -> Option<Outcome> {
    if context.options().emit.is_some() || context.capacity().await.first_events == FirstEvents::Unknown {
        return None;
    }
    let long = context.long_observation().await;
    let exchange = &long.exchange;
    if is_silent(exchange) {
        return Some(silent(exchange).suspected());
    }
    let last = exchange.dispatched().last()?.block.at;
    let silence = exchange.duration.saturating_sub(last);
    let is_for_good = exchange.event_count() <= BUFFERED && silence >= FOR_GOOD;
    // A new stream may receive what this one does not: that is for every-stream and still-receives to report.
    let is_late_silent = long.late.as_ref().is_some_and(|late| is_silent(&late.exchange));
    (is_for_good && is_late_silent && exchange.end == End::StillOpen).then(|| {
        let observed = format!(
            "events came steadily on the first streams of the probe; since clients closed some of them, none came for {}",
            seconds(silence)
        );
        Breach::new(exchange, GOES_ON, observed).hint(LOOP_ENDED).suspected()
    })
}

/// The breach of a server that sent what it was made to emit until the first clients left, and nothing after that. `stream` is open,
/// and an emission has not reached it.
pub(super) async fn silenced_when_emitting(
    context: &CheckContext,
    request: &Request,
    stream: &mut OngoingExchange,
) -> Option<Outcome> {
    let trigger = context.options().emit.clone()?;
    if !context.is_alone
        || context.capacity().await.first_events == FirstEvents::Unknown
        || !is_silent(&stream.exchange)
    {
        return None;
    }
    let mut new = context.places().open(context.options(), request).await;
    new.read_head(context.options().timeout).await;
    new.read_for(REPLAYED).await;
    if let Err(error) = trigger.emit(context.options().timeout).await {
        let observed = format!("--emit worked until clients closed their streams, and then failed: {error}");
        return Some(Breach::new(&stream.exchange, GOES_ON, observed).hint(LOOP_ENDED).proven());
    }
    let limit = new.elapsed() + EMITTED;
    new.read_until(limit, |exchange| exchange.dispatched().next().is_some()).await;
    stream.read_for(SOON).await;
    let new = new.finish();
    let is_silent = is_silent(&stream.exchange) && is_silent(&new);
    is_silent.then(|| silent(&stream.exchange).with_exchange(&new, 2).proven())
}

/// How many events without a gap show that ids are counted.
const COUNTED: usize = 3;

/// The breach of a stream whose ids were counted without a gap, and skip some after others have left.
pub(super) fn skipped(exchange: &Exchange, left_at: Duration, left: &str) -> Option<Outcome> {
    let number = |event: &Event| Some((event.block.id.as_deref()?.parse::<u64>().ok()?, event.block.at));
    let numbers: Vec<(u64, Duration)> = exchange.dispatched().map(number).collect::<Option<_>>()?;
    let steps: Vec<(u64, Duration)> =
        numbers.windows(2).map(|pair| (pair[1].0.saturating_sub(pair[0].0), pair[1].1)).collect();
    let before = steps.iter().filter(|(_, at)| *at < left_at).count();
    let mut gaps = steps.iter().filter(|(step, _)| *step != 1);
    let (gap, at) = gaps.next()?;
    if before < COUNTED || *at < left_at || *gap < 3 || gaps.next().is_some() {
        return None;
    }
    let observed = format!("{} ids are missing on an open stream after {left}", gap - 1);
    Some(
        Breach::new(exchange, "a stream that goes on receiving all events", observed)
            .hint("removing a client that left removes or delays others for a time")
            .suspected(),
    )
}

/// Whether a stream receives an event within its rhythm.
async fn hears(context: &CheckContext, stream: &mut OngoingExchange, rhythm: Duration) -> bool {
    match &context.options().emit {
        Some(_) => emitted(context, stream).await,
        None => hears_without_emission(stream, rhythm).await,
    }
}

/// Whether each of two streams receives an event within the rhythm.
pub(super) async fn both_hear(
    context: &CheckContext,
    one: &mut OngoingExchange,
    other: Option<&mut OngoingExchange>,
    rhythm: Duration,
) -> (bool, bool) {
    let emit = context.options().emit.clone();
    let emitting = emit.map(|trigger| tokio::spawn(trigger.emit(context.options().timeout)));
    let listening = async {
        match other {
            Some(other) => hears_without_emission(other, rhythm).await,
            None => false,
        }
    };
    let both = tokio::join!(hears_without_emission(one, rhythm), listening);
    if let Some(emitting) = emitting {
        // Whether it failed is for event-latency to report.
        let _ = emitting.await;
    }
    both
}

async fn hears_without_emission(stream: &mut OngoingExchange, rhythm: Duration) -> bool {
    let before = stream.exchange.event_count();
    let limit = stream.elapsed() + rhythm;
    stream.read_until(limit, |exchange| exchange.event_count() > before).await;
    stream.exchange.event_count() > before
}

/// What has arrived is read within this time.
const SOON: Duration = Duration::from_millis(50);

/// The breach of a stream that receives nothing any more after others have left, although it received events steadily before.
pub(super) async fn deaf(
    context: &CheckContext,
    request: &Request,
    other: &mut OngoingExchange,
    rhythm: Duration,
    left: &str,
) -> Option<Outcome> {
    let hears = async |stream: &mut OngoingExchange| hears(context, stream, rhythm).await;
    // The server notices that they have left only when it writes: a first event may still come.
    hears(other).await;
    if hears(other).await {
        return None;
    }
    let mut new = context.places().open(context.options(), request).await;
    new.read_head(context.options().timeout).await;
    if !new.exchange.may_be_stream() {
        return None;
    }
    new.read_for(REPLAYED).await;
    let new_hears = hears(&mut new).await;
    let has_emitted = context.options().emit.is_some();
    if !new_hears && !has_emitted {
        return None;
    }
    let on_new = if new_hears { "while a new one receives them" } else { "and a new one neither" };
    let observed = format!("no further event on an open stream after {left}, {on_new}");
    let breach = Breach::new(&other.exchange, "a stream that goes on receiving events", observed)
        .with_exchange(&new.finish(), 2)
        .hint("removing a client that left removes others too, or an error on its connection ends the loop that sends events");
    Some(if has_emitted { breach.proven() } else { breach.suspected() })
}
