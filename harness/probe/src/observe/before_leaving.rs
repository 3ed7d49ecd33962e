//! The events of the first stream, before any client has left.

use std::time::Duration;

use crate::emit::EmitTrigger;
use crate::observe::replay::REPLAYED;
use crate::options::{Length, Options};
use crate::own_lateness;
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;

/// How long an event that was emitted may take.
const EMITTED: Duration = Duration::from_millis(1500);

/// How long to wait for the first event.
const FIRST: Duration = Duration::from_secs(1);

/// How long a stream with an event is read for others.
const STEADY: Duration = Duration::from_millis(2800);

/// Events that are closer were sent together.
const APART: Duration = Duration::from_millis(50);

/// How many events show that they come steadily.
const ENOUGH: usize = 3;

/// The events of the first stream, before any client has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstEvents {
    /// None came, or too few to tell.
    Unknown,
    /// They came steadily, or each time that the server was made to emit.
    Came,
    /// The first emission brought none, and the second one event.
    OneBehind,
}

/// Watches the events of the first stream.
pub(crate) async fn watch(options: &Options, stream: &mut OngoingExchange) -> FirstEvents {
    let Some(trigger) = &options.emit else {
        if options.length == Length::Full {
            read(stream, FIRST, |exchange| exchange.dispatched().next().is_some()).await;
            if stream.exchange.dispatched().next().is_some() {
                read(stream, STEADY, |exchange| live(exchange).len() >= ENOUGH).await;
            }
        }
        return if are_steady(&live(&stream.exchange)) { FirstEvents::Came } else { FirstEvents::Unknown };
    };
    let before = stream.exchange.event_count();
    match emitted(trigger, options, stream).await {
        Some(true) => return FirstEvents::Came,
        Some(false) => {}
        None => return FirstEvents::Unknown,
    }
    if emitted(trigger, options, stream).await != Some(true) {
        return FirstEvents::Unknown;
    }
    stream.read_for(REPLAYED).await;
    match stream.exchange.event_count() - before {
        1 => FirstEvents::OneBehind,
        _ => FirstEvents::Came,
    }
}

/// Reads for this long, not counting the time in which this process was not scheduled.
async fn read(stream: &mut OngoingExchange, time: Duration, is_enough: impl Fn(&Exchange) -> bool) {
    let began = stream.elapsed();
    loop {
        let lost = own_lateness::within(&stream.exchange.own_pauses, began);
        if stream.elapsed() >= began + time + lost || is_enough(&stream.exchange) {
            break;
        }
        stream.read_until(began + time + lost, &is_enough).await;
        if stream.exchange.end != End::StillOpen {
            break;
        }
    }
}

/// Whether an event comes when the server is made to emit; `None` if that fails.
async fn emitted(trigger: &EmitTrigger, options: &Options, stream: &mut OngoingExchange) -> Option<bool> {
    let before = stream.exchange.event_count();
    let emitting = tokio::spawn(trigger.clone().emit(options.timeout));
    let limit = stream.elapsed() + EMITTED;
    stream.read_until(limit, |exchange| exchange.event_count() > before).await;
    let is_done = matches!(emitting.await, Ok(Ok(())));
    is_done.then(|| stream.exchange.event_count() > before)
}

/// A time between the two, since this process may have been late to see an event.
type Arrival = (Duration, Duration);

/// When events came that were not a replay; those that came together count once.
fn live(exchange: &Exchange) -> Vec<Arrival> {
    let from = exchange.head_time() + REPLAYED;
    let times = exchange.dispatched().map(|event| event.block.at).filter(|at| *at >= from);
    let mut arrivals: Vec<Arrival> = times.map(|at| (exchange.earliest_arrival(at), at)).collect();
    arrivals.dedup_by(|(_, later), (_, earlier)| later.saturating_sub(*earlier) < APART);
    arrivals
}

/// Whether the times may be about equally far from each other.
fn are_steady(arrivals: &[Arrival]) -> bool {
    let pairs = || arrivals.windows(2).map(|pair| (pair[0], pair[1]));
    let shortest = pairs().map(|((from, _), (_, to))| to.saturating_sub(from)).min();
    let longest = pairs().map(|((_, from), (to, _))| to.saturating_sub(from)).max();
    let (Some(shortest), Some(longest)) = (shortest, longest) else { return false };
    arrivals.len() >= ENOUGH && longest <= shortest * 3 / 2
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::are_steady;

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn steady_events_are_equally_far_apart() {
        let times = |all: &[u64]| all.iter().map(|at| (ms(*at), ms(*at))).collect::<Vec<_>>();
        assert!(are_steady(&times(&[700, 1700, 2705])));
        assert!(!are_steady(&times(&[700, 1700])));
        assert!(!are_steady(&times(&[700, 900, 2700])));
    }

    #[test]
    fn an_event_that_was_seen_late_may_be_steady() {
        let seen = |earliest, at| (ms(earliest), ms(at));
        assert!(are_steady(&[seen(700, 700), seen(1390, 2000), seen(2100, 2100)]));
        assert!(!are_steady(&[seen(700, 700), seen(1950, 2000), seen(2100, 2100)]));
    }
}
