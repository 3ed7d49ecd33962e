//! How late this process itself was: while it was not scheduled, it could not see when bytes arrived.
//!
//! All probes of a process share its log. A task that should wake up every few milliseconds shows how late the others are.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How often the task wakes up.
const PERIOD: Duration = Duration::from_millis(10);

/// A task that wakes up this much later than it should was not scheduled.
const TOLERANCE: Duration = Duration::from_millis(40);

/// How many pauses are remembered.
const REMEMBERED: usize = 4096;

/// A time in which this process was not scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pause {
    since: Instant,
    until: Instant,
}

static PAUSES: Mutex<VecDeque<Pause>> = Mutex::new(VecDeque::new());

/// Measures lateness as long as it lives.
#[derive(Debug)]
pub(crate) struct Watch(AbortHandle);

impl Watch {
    /// Starts to measure.
    pub(crate) fn start() -> Self {
        let task = tokio::spawn(async {
            let mut last = Instant::now();
            loop {
                tokio::time::sleep(PERIOD).await;
                let now = Instant::now();
                if now.duration_since(last) > PERIOD + TOLERANCE {
                    remember(Pause { since: last, until: now });
                }
                last = now;
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn remember(pause: Pause) {
    let mut pauses = PAUSES.lock().unwrap_or_else(PoisonError::into_inner);
    // Each probe of this process notices the same pauses.
    if let Some(last) = pauses.back_mut().filter(|last| pause.since <= last.until) {
        last.since = last.since.min(pause.since);
        last.until = last.until.max(pause.until);
        return;
    }
    if pauses.len() == REMEMBERED {
        pauses.pop_front();
    }
    pauses.push_back(pause);
}

/// The times since `began` in which this process was not scheduled, as times after it.
pub(crate) fn pauses_since(began: Instant) -> Vec<OwnPause> {
    let pauses = PAUSES.lock().unwrap_or_else(PoisonError::into_inner);
    pauses
        .iter()
        .filter(|pause| pause.until > began)
        .map(|pause| OwnPause {
            since: pause.since.saturating_duration_since(began),
            until: pause.until.saturating_duration_since(began),
        })
        .collect()
}

/// A time in which this process was not scheduled, counted from the start of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnPause {
    pub(crate) since: Duration,
    pub(crate) until: Duration,
}

/// A read this shortly after a pause may return bytes that came during the pause.
const SLACK: Duration = Duration::from_millis(60);

/// The earliest time at which bytes may have arrived that were read at `read`.
pub(crate) fn earliest_arrival(pauses: &[OwnPause], read: Duration) -> Duration {
    // Another task may notice the pause before or after the read.
    let covers = |pause: &&OwnPause| pause.since <= read && read <= pause.until + SLACK;
    pauses.iter().rev().find(covers).map_or(read, |pause| pause.since)
}

/// For how long this process was not scheduled since `moment`.
pub(crate) fn within(pauses: &[OwnPause], moment: Duration) -> Duration {
    pauses.iter().map(|pause| pause.until.saturating_sub(pause.since.max(moment))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn what_is_read_after_a_pause_may_have_come_during_it() {
        let pauses =
            [OwnPause { since: ms(100), until: ms(700) }, OwnPause { since: ms(2000), until: ms(2100) }];
        assert_eq!(earliest_arrival(&pauses, ms(90)), ms(90));
        assert_eq!(earliest_arrival(&pauses, ms(710)), ms(100));
        assert_eq!(earliest_arrival(&pauses, ms(1500)), ms(1500));
        assert_eq!(earliest_arrival(&pauses, ms(2050)), ms(2000));
    }

    #[test]
    fn only_the_part_of_a_pause_after_the_moment_counts() {
        let pauses =
            [OwnPause { since: ms(100), until: ms(200) }, OwnPause { since: ms(300), until: ms(520) }];
        assert_eq!(within(&pauses, ms(0)), ms(320));
        assert_eq!(within(&pauses, ms(400)), ms(120));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn pauses_that_overlap_are_one() {
        // No other pause is then.
        let start = Instant::now() + Duration::from_secs(3600);
        for (since, until) in [(0, 200), (150, 260), (900, 1000)] {
            remember(Pause { since: start + ms(since), until: start + ms(until) });
        }
        let pauses = pauses_since(start);
        let lengths: Vec<Duration> = pauses.iter().map(|pause| pause.until - pause.since).collect();
        assert_eq!(lengths, [ms(260), ms(100)]);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_blocked_thread_is_noticed() {
        let began = Instant::now();
        let _watch = Watch::start();
        tokio::time::sleep(ms(30)).await;
        std::thread::sleep(ms(200));
        tokio::time::sleep(ms(30)).await;
        assert!(pauses_since(began).iter().any(|pause| pause.until - pause.since >= ms(150)));
    }
}
