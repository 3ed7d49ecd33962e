//! Whether a client that does not read holds up others.

use std::time::Duration;

use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::emit::EmitTrigger;
use crate::need::Need;
use crate::observe::observations::CheckContext;
use crate::observe::replay::REPLAYED;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{Receiving, Request};

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "slow-reader",
    "A client that does not read does not hold up others",
    "resilience-server/slow-clients",
    |c| judging(slow_reader(c)),
)
.needs(&[Need::FullObservation])];

/// How many bytes fill the buffers on the way to a client that does not read, and those that servers keep for it.
const FULL: u64 = 1536 * 1024;

/// How many bytes may fill them, so that it is worth a try.
const WORTH: u64 = 160 * 1024;

/// How often the server is made to emit, with a URL and with a command.
const TIMES: (usize, usize) = (2000, 48);

/// How often it is made to emit before the next look, and how many of these run at the same time.
const ROUND: (usize, usize) = (12, 4);

/// How long the server is made to emit, or watched if it emits on its own.
const LONGEST: Duration = Duration::from_secs(7);

/// How long an emission may take: the server may not respond to it because it waits for a client.
const PENDING: Duration = Duration::from_secs(20);

/// No event for this long, although there should be some, is a silence.
const SILENCE: Duration = Duration::from_millis(1500);

/// How long the silence must last.
const CONFIRMED: Duration = Duration::from_millis(1500);

/// How soon events must come after the client left that does not read.
const RELEASED: Duration = Duration::from_secs(1);

/// The streams that are served at least: two, and some that were closed but may still count.
const FEWEST: u32 = 4;

async fn slow_reader(context: CheckContext) -> Result<Outcome, Outcome> {
    context.prompt_stream_response().await?;
    if context.places().total() < FEWEST {
        return Err(Outcome::NotJudged("the server serves too few streams at the same time".into()));
    }
    if !context.is_alone {
        if context.options().emit.is_none() && !is_worth(&context.long_observation().await.exchange) {
            let reason = "the events are too few or too small to fill the buffers of a client that does not read: use --emit";
            return Err(Outcome::NotJudged(reason.into()));
        }
        return Err(Outcome::JudgeAlone("a client that does not read may hold up other checks".into()));
    }
    let outcome = attempt(&context).await?;
    if !matches!(outcome, Outcome::Broken(_)) {
        return Ok(outcome);
    }
    // What happens once may be a coincidence.
    match attempt(&context).await? {
        again @ Outcome::Broken(_) => Ok(again),
        _ => {
            Err(Outcome::NotJudged("events were late once while a client did not read, and not again".into()))
        }
    }
}

/// Opens a stream that is not read and one that is, and sees whether the first holds up the other.
async fn attempt(context: &CheckContext) -> Result<Outcome, Outcome> {
    let _places = context.reserve(FEWEST).await;
    let plain = context.request(context.until_head()).path(context.path.clone());
    let rhythm = match &context.options().emit {
        Some(_) => {
            until_quiet(open(context, &plain).await).await;
            SILENCE
        }
        None => rhythm(open(context, &plain).await).await?,
    };
    // Servers often send an event to the earliest stream first: the one that is read comes after the other.
    let stalled = open(context, &Request { receiving: Receiving::SmallBuffer, ..plain.clone() }).await;
    let mut reader = open(context, &plain).await;
    if reader.exchange.head().is_none() {
        return Err(Outcome::NotJudged("the second of two streams gets no response: see parallel".into()));
    }
    reader.read_for(REPLAYED).await;
    let before = reader.exchange.raw_length;
    let held_up = match &context.options().emit {
        Some(trigger) => emit(trigger, &mut reader).await?,
        None if watch(&mut reader, rhythm).await => HeldUp::All,
        None => HeldUp::None,
    };
    let sent = reader.exchange.raw_length - before;
    if reader.exchange.end != End::StillOpen {
        return Err(Outcome::NotJudged("the stream did not stay open".into()));
    }
    if held_up == HeldUp::None {
        return if sent >= FULL {
            Ok(Outcome::Holds)
        } else {
            let reason = "which may be too few to fill the buffers of a client that does not read";
            Err(Outcome::NotJudged(format!(
                "{sent} bytes of events came on another stream meanwhile, {reason}"
            )))
        };
    }
    let seen = reader.exchange.event_count();
    reader.read_for(rhythm.max(CONFIRMED)).await;
    if reader.exchange.event_count() > seen {
        return Err(Outcome::NotJudged("events were late, perhaps for another reason".into()));
    }
    let last = reader.exchange.dispatched().last().map_or(Duration::ZERO, |event| event.block.at);
    let silence = reader.elapsed().saturating_sub(last);
    let left = reader.elapsed();
    let stalled = stalled.reset();
    let fewest = if held_up == HeldUp::All { 1 } else { FEW };
    reader.read_until(left + RELEASED, |exchange| exchange.event_count() >= seen + fewest).await;
    let reader = reader.finish();
    let Some(next) = reader.dispatched().nth(seen).filter(|_| reader.event_count() >= seen + fewest) else {
        return Err(Outcome::NotJudged(
            "events stopped, and did not come again after the client that does not read had left".into(),
        ));
    };
    let soon = seconds(next.block.at.saturating_sub(left));
    let observed = match held_up {
        HeldUp::Some(missing) => format!(
            "after {sent} bytes {missing} events did not come while another client did not read; the first of them came {soon} after that \
             one had left"
        ),
        HeldUp::All | HeldUp::None => format!(
            "after {sent} bytes no event came for {} while another client did not read; the next came {soon} after that one had left",
            seconds(silence)
        ),
    };
    Ok(Breach::new(&reader, "events as long as the client reads them", observed)
        .with_exchange(&stalled, 2)
        .hint("the code waits until each client has taken an event before it sends it to the next one: give each stream a queue of its own, and end a stream whose queue is full")
        .proven())
}

/// Whether a server that emits on its own sends enough for a try.
fn is_worth(long: &Exchange) -> bool {
    let share = (LONGEST * 2).as_secs_f64() / long.duration.max(LONGEST).as_secs_f64();
    // More than this is not read.
    long.end == End::LimitReached || long.raw_length as f64 * share >= WORTH as f64
}

/// How long a stream is read to see how often events come.
const UNDISTURBED: Duration = Duration::from_millis(2500);

/// How long a silence is that shows something, on a stream of a server that emits on its own.
///
/// # Errors
/// If its events are too rare: the outcome of the check.
async fn rhythm(mut reader: OngoingExchange) -> Result<Duration, Outcome> {
    reader.read_for(UNDISTURBED).await;
    let times: Vec<Duration> = reader.exchange.dispatched().map(|event| event.block.at).collect();
    let longest = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or_default();
    if times.len() < 5 || longest > SILENCE {
        return Err(Outcome::NotJudged("events are too rare to see that one is late: use --emit".into()));
    }
    Ok((longest * 3).max(SILENCE))
}

async fn open(context: &CheckContext, request: &Request) -> OngoingExchange {
    let mut stream = context.places().open(context.options(), request).await;
    stream.read_head(context.options().timeout).await;
    stream
}

/// A stream without events for this long has received all that was emitted.
const QUIET: Duration = Duration::from_millis(700);

/// How long events of earlier emissions may still come.
const DRAINED: Duration = Duration::from_secs(4);

/// Reads until the events of earlier emissions have come.
async fn until_quiet(mut stream: OngoingExchange) {
    let began = stream.elapsed();
    loop {
        let seen = stream.exchange.event_count();
        let quiet = stream.elapsed() + QUIET;
        stream.read_until(quiet, |exchange| exchange.event_count() > seen).await;
        if stream.exchange.event_count() == seen || stream.elapsed() > began + DRAINED {
            break;
        }
    }
}

/// That so many events do not come, and come together later, is not a coincidence.
const FEW: usize = 3;

/// Which events did not come while another client did not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeldUp {
    /// All came.
    None,
    /// So many did not, while others came.
    Some(usize),
    /// None came any more.
    All,
}

/// Makes the server emit until no event comes on the stream, or the buffers of another client are full.
///
/// # Errors
/// If no event came from the start: the outcome of the check.
async fn emit(trigger: &EmitTrigger, reader: &mut OngoingExchange) -> Result<HeldUp, Outcome> {
    let (began, start) = (reader.elapsed(), reader.exchange.raw_length);
    let times = if trigger.is_command() { TIMES.1 } else { TIMES.0 };
    let before = reader.exchange.event_count();
    drop(trigger.burst(1, 1, PENDING));
    let silent = reader.elapsed() + SILENCE;
    reader.read_until(silent, |exchange| exchange.event_count() > before).await;
    if reader.exchange.event_count() == before {
        return Err(Outcome::NotJudged(
            "no event came when the server was made to emit: see event-latency".into(),
        ));
    }
    let (mut rounds, first) = (0, reader.exchange.event_count());
    while rounds * ROUND.0 < times
        && reader.elapsed() < began + LONGEST
        && reader.exchange.raw_length < start + FULL
        && reader.exchange.end == End::StillOpen
    {
        let before = reader.exchange.event_count();
        // Whether it works shows on the stream: the server may not respond because it waits for a client.
        drop(trigger.burst(ROUND.0, ROUND.1, PENDING));
        let silent = reader.elapsed() + SILENCE;
        reader.read_until(silent, |exchange| exchange.event_count() >= before + ROUND.0).await;
        if reader.exchange.event_count() == before {
            return Ok(HeldUp::All);
        }
        rounds += 1;
    }
    let missing = (rounds * ROUND.0).saturating_sub(reader.exchange.event_count() - first);
    Ok(if missing > FEW { HeldUp::Some(missing) } else { HeldUp::None })
}

/// Reads the stream of a server that emits on its own. Returns whether no event came for this long.
async fn watch(reader: &mut OngoingExchange, silence: Duration) -> bool {
    let (began, start) = (reader.elapsed(), reader.exchange.raw_length);
    // A silence that begins late counts too.
    while reader.elapsed() < began + LONGEST * 2
        && reader.exchange.raw_length < start + FULL * 2
        && reader.exchange.end == End::StillOpen
    {
        let before = reader.exchange.event_count();
        let silent = reader.elapsed() + silence;
        reader.read_until(silent, |exchange| exchange.event_count() > before).await;
        if reader.exchange.event_count() == before {
            return true;
        }
    }
    false
}
