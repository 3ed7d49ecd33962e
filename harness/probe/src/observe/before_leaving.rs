//! The events of the first stream, before any client has left.

use std::time::Duration;

use crate::emit::EmitTrigger;
use crate::observe::replay::REPLAYED;
use crate::options::{Length, Options};
use crate::wire::exchange::Exchange;
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
            let soon = stream.elapsed() + FIRST;
            stream.read_until(soon, |exchange| exchange.dispatched().next().is_some()).await;
            if stream.exchange.dispatched().next().is_some() {
                let limit = stream.elapsed() + STEADY;
                stream.read_until(limit, |exchange| live(exchange).len() >= ENOUGH).await;
            }
        }
        return if are_steady(&live(&stream.exchange)) { FirstEvents::Came } else { FirstEvents::Unknown };
    };
    let before = stream.exchange.dispatched().count();
    match emitted(trigger, options, stream).await {
        Some(true) => return FirstEvents::Came,
        Some(false) => {}
        None => return FirstEvents::Unknown,
    }
    if emitted(trigger, options, stream).await != Some(true) {
        return FirstEvents::Unknown;
    }
    let rest = stream.elapsed() + REPLAYED;
    stream.read_until(rest, |_| false).await;
    match stream.exchange.dispatched().count() - before {
        1 => FirstEvents::OneBehind,
        _ => FirstEvents::Came,
    }
}

/// Whether an event comes when the server is made to emit; `None` if that fails.
async fn emitted(trigger: &EmitTrigger, options: &Options, stream: &mut OngoingExchange) -> Option<bool> {
    let before = stream.exchange.dispatched().count();
    let emitting = tokio::spawn(trigger.clone().emit(options.timeout));
    let limit = stream.elapsed() + EMITTED;
    stream.read_until(limit, |exchange| exchange.dispatched().count() > before).await;
    let is_done = matches!(emitting.await, Ok(Ok(())));
    is_done.then(|| stream.exchange.dispatched().count() > before)
}

/// When events came that were not a replay; those that came together count once.
fn live(exchange: &Exchange) -> Vec<Duration> {
    let from = exchange.head_time() + REPLAYED;
    let mut times: Vec<Duration> = exchange.dispatched().map(|event| event.block.at).collect();
    times.retain(|at| *at >= from);
    times.dedup_by(|later, earlier| later.saturating_sub(*earlier) < APART);
    times
}

/// Whether the times are about equally far from each other.
fn are_steady(times: &[Duration]) -> bool {
    let gaps = || times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    let (Some(shortest), Some(longest)) = (gaps().min(), gaps().max()) else { return false };
    times.len() >= ENOUGH && longest <= shortest * 3 / 2
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::are_steady;

    #[test]
    fn steady_events_are_equally_far_apart() {
        let times = |all: &[u64]| all.iter().map(|ms| Duration::from_millis(*ms)).collect::<Vec<_>>();
        assert!(are_steady(&times(&[700, 1700, 2705])));
        assert!(!are_steady(&times(&[700, 1700])));
        assert!(!are_steady(&times(&[700, 900, 2700])));
    }
}
