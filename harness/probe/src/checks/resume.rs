//! Resuming with Last-Event-ID.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>

mod head;
mod header_case;
mod loss;
mod order;
mod resumed;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use ssespec_reports::visible;

use self::head::resumed_head;
use self::header_case::header_case;
use self::loss::no_loss;
use self::order::{is_shuffled, order};
use self::resumed::{NOT_IN_ORDER, breach, describe};
use crate::check::{Check, Judging, judging};
use crate::describe::{counted, seconds};
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::observe::resumption::Resumption;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Event, Exchange};
use crate::wire::request::ReadLimits;

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "resume",
        "A stream with ids continues after the last event ID",
        "resilience-server/resume",
        |c| judge_resumption(c, continues),
    )
    .needs(&[Need::Get]),
    Check::new("resume-no-loss", "Resuming loses no event", "resilience-server/resume-without-loss", |c| {
        judge_resumption(c, no_loss)
    })
    .needs(&[Need::Get]),
    Check::new(
        "resume-no-duplicate",
        "Resuming repeats no event",
        "resilience-server/resume-without-repetition",
        |c| judge_resumption(c, no_duplicate),
    )
    .needs(&[Need::Get]),
    Check::new(
        "resume-order",
        "Resuming preserves the order of events",
        "resilience-server/resume-in-order",
        |c| judge_resumption(c, order),
    )
    .needs(&[Need::Get]),
    Check::new(
        "resume-head",
        "A client that resumes gets the same kind of response as others",
        "resilience-server/resumed-response",
        |c| judging(resumed_head(c)),
    )
    .needs(&[Need::Get]),
    Check::new(
        "resume-header-case",
        "Last-Event-ID is recognized in upper and lower case",
        "http/field-names-in-any-case",
        |c| judging(header_case(c)),
    )
    .needs(&[Need::Get, Need::Http1]),
    Check::new(
        "resume-unknown-id",
        "A request with an unknown Last-Event-ID gets a stream",
        "resilience-server/unknown-id",
        |c| judging(unknown_id(c)),
    )
    .needs(&[Need::Get]),
    Check::new(
        "resume-utf8",
        "A request with a non-ASCII Last-Event-ID gets a stream",
        "resilience-server/id-beyond-ascii",
        |c| judging(utf8(c)),
    )
    .needs(&[Need::Get]),
    Check::new("resume-empty", "Response to an empty Last-Event-ID", "resilience-server/empty-id", |c| {
        judging(empty(c))
    })
    .needs(&[Need::Get]),
];

fn judge_resumption(context: CheckContext, judge: fn(&Resumption) -> Outcome) -> Judging {
    judging(async move {
        let resumption = context.resumption().await?;
        let resumption = resumption.as_ref().as_ref().map_err(|e| Outcome::NotJudged(e.to_string()))?;
        let mut seen = HashSet::new();
        // If ids repeat on a single stream, repeated ids say nothing about resuming.
        if resumption.first.ids().iter().all(|id| seen.insert(id.clone())) {
            Ok(judge(resumption))
        } else {
            Err(Outcome::NotJudged("ids repeat on a single stream".into()))
        }
    })
}

fn continues(resumption: &Resumption) -> Outcome {
    if is_shuffled(resumption) {
        return Outcome::NotJudged(NOT_IN_ORDER.into());
    }
    if resumption.continued() {
        return changed(resumption).unwrap_or(Outcome::Holds);
    }
    let hint = "keep the latest events, and send those after the client's Last-Event-ID";
    let Resumption { first, second, last_event_id, .. } = resumption;
    if !second.is_same_kind_as(first) {
        let observed = format!("{} after last-event-id: {last_event_id}", second.summary());
        return breach(resumption, "a stream that continues", observed).hint(hint).proven();
    }
    let expected = format!("an event with id {} first", resumption.next());
    breach(resumption, expected, describe(resumption)).hint(hint).proven()
}

/// How many characters of data are shown.
const SHOWN: usize = 100;

/// The type and data of each event with an id.
fn contents(exchange: &Exchange) -> HashMap<String, (String, String)> {
    let content = |(event, id): (&Event, &str)| {
        let kind = event.block.event.clone().unwrap_or_else(|| "message".into());
        (id.to_owned(), (kind, event.block.data.clone().unwrap_or_default()))
    };
    exchange.identified().map(content).collect()
}

/// A breach if an event that is sent again differs from what it was, where the ids mean the same on all streams.
fn changed(resumption: &Resumption) -> Option<Outcome> {
    let mut known = contents(&resumption.first);
    if let Some(uninterrupted) = &resumption.uninterrupted {
        let others = contents(uninterrupted);
        // Without a common event, or with one that differs, each stream has events of its own.
        let mut common = others.iter().filter_map(|(id, other)| Some((known.get(id)?, other))).peekable();
        common.peek()?;
        if common.any(|(one, other)| one != other) {
            return None;
        }
        known.extend(others);
    }
    let received = contents(&resumption.second);
    let differs =
        |id: &&String| known.get(*id).zip(received.get(*id)).is_some_and(|(before, again)| before != again);
    let id = resumption.after.iter().find(differs)?;
    let describe = |(kind, data): &(String, String)| {
        format!("the event with id {id} has the type {kind} and the data {}", visible::line(data, SHOWN))
    };
    let observed = format!("after resuming, {}", describe(received.get(id)?));
    Some(
        breach(resumption, describe(known.get(id)?), observed)
            .hint("keep events as they were sent: data that is encoded twice, or an id that denotes another event, changes them")
            .suspected(),
    )
}

fn no_duplicate(resumption: &Resumption) -> Outcome {
    let received = resumption.second.ids();
    if received.is_empty() {
        return Outcome::NotJudged("no event with an id came after resuming".into());
    }
    if let Some(old) = received.iter().find(|id| resumption.before.contains(id)) {
        if is_shuffled(resumption) {
            return Outcome::NotJudged(NOT_IN_ORDER.into());
        }
        let hint = if *old == resumption.last_event_id {
            "the client has already received the event whose id it sends: start after it"
        } else {
            "the stream starts over: its ids denote other events than before, or the same events are sent again"
        };
        let expected = format!("only events after id {}", resumption.last_event_id);
        let observed = format!("id {old} again; {}", describe(resumption));
        return breach(resumption, expected, observed).hint(hint).proven();
    }
    let mut seen = HashSet::new();
    if let Some(twice) = received.iter().find(|id| !seen.insert(id.as_str())) {
        let observed = format!("id {twice} twice; {}", describe(resumption));
        return breach(resumption, "each event once", observed)
            .hint("replayed and new events overlap")
            .proven();
    }
    Outcome::Holds
}

/// The response to a request with a Last-Event-ID.
///
/// # Errors
/// If a plain request gets no stream.
async fn send_last_event_id(context: &CheckContext, id: &[u8]) -> Result<Arc<Exchange>, Outcome> {
    context.prompt_stream_response().await?;
    Ok(context.send(context.request(context.until_head()).add_field("last-event-id", id)).await)
}

/// How long the stream of a client with an unknown id is read.
const EMPTY: Duration = Duration::from_millis(1000);

async fn unknown_id(context: CheckContext) -> Result<Outcome, Outcome> {
    const UNKNOWN: &[u8] = b"ssespec-unknown-0f9a6c";
    let exchange = send_last_event_id(&context, UNKNOWN).await?;
    if exchange.may_be_stream() {
        let limits = ReadLimits { events: Some(1), ..context.for_up_to(EMPTY) };
        let with_id = context.send(context.request(limits).add_field("last-event-id", UNKNOWN)).await;
        let is_empty = |exchange: &Exchange| exchange.may_be_stream() && exchange.content_length == 0;
        if !is_empty(&with_id) || with_id.end == End::StillOpen {
            return ends_early(
                &context,
                UNKNOWN,
                "clients whose id has expired reconnect with it again and again",
            )
            .await;
        }
        let plain = context.send(context.request(limits)).await;
        if plain.end != End::StillOpen && plain.dispatched().next().is_none() {
            return Err(Outcome::NotJudged("other streams end without an event too".into()));
        }
        return Ok(Breach::new(
            &with_id,
            "a stream as without the id",
            "an empty stream, which ends immediately",
        )
        .hint("clients whose id has expired reconnect with it again and again, and receive nothing")
        .proven());
    }
    Ok(Breach::new(&exchange, "a stream", exchange.summary())
        .hint("clients whose id has expired stop reconnecting; report it on the stream instead")
        .proven())
}

/// Judges whether a stream with this Last-Event-ID ends although others stay open.
async fn ends_early(context: &CheckContext, id: &[u8], hint: &str) -> Result<Outcome, Outcome> {
    let limits = context.for_up_to(EMPTY);
    let with_id = context.send(context.request(limits).add_field("last-event-id", id)).await;
    if !with_id.may_be_stream() || matches!(with_id.end, End::StillOpen | End::LimitReached) {
        return Ok(Outcome::Holds);
    }
    let other = context.request(limits).add_field("x-ssespec-probe", "without an id");
    let (plain, long) = (context.send(other).await, context.long_observation().await);
    let stays_open = |exchange: &Exchange| exchange.may_be_stream() && exchange.end == End::StillOpen;
    if !stays_open(&plain) || !stays_open(&long.exchange) {
        return Ok(Outcome::Holds);
    }
    let events = counted(with_id.event_count(), "event");
    let observed = format!("a stream that ends after {} and {events}", seconds(with_id.duration));
    Ok(Breach::new(&with_id, "a stream that stays open, as without the id", observed).hint(hint).suspected())
}

async fn utf8(context: CheckContext) -> Result<Outcome, Outcome> {
    let id = "\u{2026}\u{1f600}".as_bytes();
    let exchange = send_last_event_id(&context, id).await?;
    if exchange.may_be_stream() {
        return ends_early(&context, id, "the code that handles the id fails after the head was sent").await;
    }
    Ok(Breach::new(&exchange, "a stream", exchange.summary())
        .hint("browsers send the last event ID encoded as UTF-8")
        .proven())
}

async fn empty(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = send_last_event_id(&context, b"").await?;
    let response = match exchange.status() {
        _ if exchange.may_be_stream() => "a stream".into(),
        Some(status) => format!("status {status}"),
        None => "no response".into(),
    };
    Ok(fact("response to an empty Last-Event-ID", response))
}
