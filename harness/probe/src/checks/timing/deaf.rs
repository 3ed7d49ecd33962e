//! Whether events of two streams are counted together.

use std::time::Duration;

use crate::wire::exchange::Event;

/// How many events must be there on each stream to tell how ids are counted.
const ENOUGH: (usize, usize) = (5, 2);

/// Whether the ids of the later stream go on where those of the earlier one would be by then: one counter numbers the events of both.
/// The times on the later stream count from when it was opened.
pub(super) fn is_counted_on(earlier: &[&Event], later: &[&Event], opened: Duration) -> bool {
    let numbers = |events: &[&Event]| -> Option<Vec<(u64, Duration)>> {
        events.iter().map(|event| Some((event.block.id.as_deref()?.parse().ok()?, event.block.at))).collect()
    };
    let (Some(one), Some(other)) = (numbers(earlier), numbers(later)) else { return false };
    let is_counted = |all: &[(u64, Duration)]| all.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    if one.len() < ENOUGH.0 || other.len() < ENOUGH.1 || !is_counted(&one) || !is_counted(&other) {
        return false;
    }
    // The first events may be a replay.
    let half = one.get(one.len() / 2..).unwrap_or_default();
    let (Some((from, began)), Some((to, ended)), Some((next, at))) =
        (half.first(), half.last(), other.first())
    else {
        return false;
    };
    let interval = ended.saturating_sub(*began).as_secs_f64() / (to - from).max(1) as f64;
    let since = (*at + opened).saturating_sub(*ended).as_secs_f64();
    let missed = next.saturating_sub(*to) as f64;
    interval > 0.0 && (0.7..1.4).contains(&(missed * interval / since))
}
