//! Two streams that are open at the same time, one opened while the other received events.

use std::time::Duration;

use crate::emit::EmitTrigger;
use crate::observe::places::Places;
use crate::observe::replay::REPLAYED;
use crate::options::Options;
use crate::wire::exchange::{Event, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How long to wait for the first events of the older stream.
const BEFORE: Duration = Duration::from_millis(3500);

/// How many events the older stream receives before the newer one is opened, unless they are rare.
const EVENTS_BEFORE: usize = 3;

/// How long both are read if the probe cannot make the server emit.
const BOTH: Duration = Duration::from_secs(6);

/// How many events on both streams together are enough.
const ENOUGH: usize = 10;

/// How often the server is made to emit.
const EMISSIONS: usize = 4;

/// How long each emission may take to arrive.
const ARRIVAL: Duration = Duration::from_millis(400);

/// How long is read at a time.
const SLICE: Duration = Duration::from_millis(200);

/// An event that came on one stream less than this before the end may still be on its way on the other.
const ON_ITS_WAY: Duration = Duration::from_millis(600);

/// Two streams that were open at the same time.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) older: Exchange,
    pub(crate) newer: Exchange,
    /// The time during which both were open, on the clock of each.
    window: [(Duration, Duration); 2],
    /// When the newer one was opened, on the clock of the older.
    pub(crate) opened: Duration,
    /// How often the server was made to emit while both were open.
    pub(crate) emissions: usize,
}

/// Whether both streams have events in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Common {
    /// They have none.
    None,
    /// Events that came on both came at the same time.
    AtTheSameTime,
    /// An event came on one of them at another time than on the other, as if each stream had events of its own.
    AtOtherTimes,
}

/// What makes an event the same on another stream.
pub(crate) type Key<'e> = (Option<&'e str>, Option<&'e str>, Option<&'e str>);

/// The id, type and data of an event.
pub(crate) fn key(event: &Event) -> Key<'_> {
    (event.block.id.as_deref(), event.block.event.as_deref(), event.block.data.as_deref())
}

impl Pair {
    /// Whether both streams have events in common that came after the newer one was opened.
    pub(crate) fn common_events(&self) -> Common {
        let [_, newer] = self.events();
        let mut common = Common::None;
        for event in newer {
            let at = event.block.at + self.opened;
            // Of several equal events, one must have come at the same time.
            let times = self.older.dispatched().filter(|other| key(other) == key(event));
            let Some(apart) = times.map(|other| other.block.at.abs_diff(at)).min() else { continue };
            if apart > ON_ITS_WAY {
                return Common::AtOtherTimes;
            }
            common = Common::AtTheSameTime;
        }
        common
    }

    /// The events of the older and the newer stream that came while both were open.
    pub(crate) fn events(&self) -> [Vec<&Event>; 2] {
        let within = |exchange| move |(from, to): (Duration, Duration)| live(exchange, from, to);
        [within(&self.older)(self.window[0]), within(&self.newer)(self.window[1])]
    }

    /// The events of the older stream that came before the newer one was opened.
    pub(crate) fn events_before(&self) -> usize {
        live(&self.older, Duration::ZERO, self.opened).len()
    }
}

/// The events that came from one time to another.
fn live(exchange: &Exchange, from: Duration, to: Duration) -> Vec<&Event> {
    exchange.dispatched().filter(|event| (from..to).contains(&event.block.at)).collect()
}

/// Opens a stream, then another one, and reads both.
pub(crate) async fn observe(options: &Options, path: Option<String>, places: &Places) -> Pair {
    let limits = ReadLimits { head: options.timeout, body: Duration::ZERO, events: None };
    let request = options.request(limits).path(path);
    let mut older = places.open(options, &request).await;
    older.read_head(options.timeout).await;
    if options.emit.is_none() {
        let limit = older.elapsed() + BEFORE;
        older.read_until(limit, |exchange| exchange.dispatched().nth(EVENTS_BEFORE - 1).is_some()).await;
    }
    let opened = older.elapsed();
    let mut newer = places.open(options, &request).await;
    newer.read_head(options.timeout).await;
    // What comes until then may be a replay.
    both(&mut older, &mut newer, REPLAYED).await;
    let from = [older.elapsed(), newer.elapsed()];
    let emissions = match &options.emit {
        Some(trigger) => emit(trigger, options, &mut older, &mut newer).await,
        None => {
            let end = older.elapsed() + BOTH;
            let count = |ongoing: &OngoingExchange, from| live(&ongoing.exchange, from, Duration::MAX).len();
            while older.elapsed() < end && count(&older, from[0]) + count(&newer, from[1]) < ENOUGH {
                both(&mut older, &mut newer, SLICE).await;
            }
            0
        }
    };
    let to = [older.elapsed(), newer.elapsed()];
    both(&mut older, &mut newer, ON_ITS_WAY).await;
    let window = [(from[0], to[0]), (from[1], to[1])];
    Pair { older: older.finish(), newer: newer.finish(), window, opened, emissions }
}

/// Makes the server emit while both streams are read. Returns how often that worked.
async fn emit(
    trigger: &EmitTrigger,
    options: &Options,
    older: &mut OngoingExchange,
    newer: &mut OngoingExchange,
) -> usize {
    let mut done = 0;
    for _ in 0..EMISSIONS {
        let emitting = trigger.clone().emit(options.timeout);
        let (emitted, ()) = tokio::join!(emitting, both(older, newer, ARRIVAL));
        done += usize::from(emitted.is_ok());
    }
    both(older, newer, ARRIVAL).await;
    done
}

/// Reads both streams for this long.
async fn both(older: &mut OngoingExchange, newer: &mut OngoingExchange, time: Duration) {
    let (first, second) = (older.elapsed() + time, newer.elapsed() + time);
    tokio::join!(older.read_until(first, |_| false), newer.read_until(second, |_| false));
}
