//! Whether events come before any client has left.

use std::time::Duration;

use crate::observe::long::REPLAYED;
use crate::options::Options;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;

/// How long an event that was emitted may take.
const EMITTED: Duration = Duration::from_millis(1500);

/// How long a stream with an event is read for others.
const STEADY: Duration = Duration::from_millis(2200);

/// Events that are closer were sent together.
const APART: Duration = Duration::from_millis(50);

/// How many events show that they come steadily.
const ENOUGH: usize = 3;

/// Whether an event comes when the server is made to emit; or else, whether events come steadily.
pub(crate) async fn receives(options: &Options, stream: &mut OngoingExchange) -> bool {
    let Some(trigger) = options.emit.clone() else {
        if !live(&stream.exchange).is_empty() {
            let limit = stream.elapsed() + STEADY;
            stream.read_until(limit, |exchange| live(exchange).len() >= ENOUGH).await;
        }
        return are_steady(&live(&stream.exchange));
    };
    let before = stream.exchange.dispatched().count();
    let emitting = tokio::spawn(trigger.emit(options.timeout));
    let limit = stream.elapsed() + EMITTED;
    stream.read_until(limit, |exchange| exchange.dispatched().count() > before).await;
    let is_done = matches!(emitting.await, Ok(Ok(())));
    is_done && stream.exchange.dispatched().count() > before
}

/// When events came that are no replay; those that came together count once.
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
