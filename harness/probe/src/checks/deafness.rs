//! Whether a stream still receives events after other clients have left.

use std::time::Duration;

use crate::observe::long::REPLAYED;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::Exchange;
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
    let before = stream.exchange.dispatched().count();
    let has_more = |exchange: &Exchange| exchange.dispatched().count() > before;
    let emitting = tokio::spawn(trigger.emit(context.options().timeout));
    let limit = stream.elapsed() + EMITTED;
    stream.read_until(limit, has_more).await;
    // Whether it failed is for event-latency to report.
    let _ = emitting.await;
    has_more(&stream.exchange)
}

/// The breach of a stream that receives nothing any more after others have left, although it received events steadily before.
pub(super) async fn deaf(
    context: &CheckContext,
    request: &Request,
    other: &mut OngoingExchange,
    rhythm: Duration,
    left: &str,
) -> Option<Outcome> {
    let hears = async |stream: &mut OngoingExchange| {
        if context.options().emit.is_some() {
            return emitted(context, stream).await;
        }
        let before = stream.exchange.dispatched().count();
        let limit = stream.elapsed() + rhythm;
        stream.read_until(limit, |exchange| exchange.dispatched().count() > before).await;
        stream.exchange.dispatched().count() > before
    };
    // The server notices that they have left only when it writes: a first event may still come.
    hears(other).await;
    if hears(other).await {
        return None;
    }
    let mut new = context.places().open(context.options(), request).await;
    new.read_until(context.options().timeout, |exchange| exchange.head().is_some()).await;
    if !new.exchange.may_be_stream() {
        return None;
    }
    let replayed = new.elapsed() + REPLAYED;
    new.read_until(replayed, |_| false).await;
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
