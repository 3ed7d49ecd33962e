//! How long to wait before the next connection.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>, steps 2 and 3: "Wait a
//! delay equal to the reconnection time of the event source. Optionally, wait some more. In particular, if the previous
//! attempt failed, then user agents might introduce an exponential backoff delay".

use std::time::Duration;

/// The least delay, so that `retry: 0` and a server that ends every stream do not cause a tight loop.
const LEAST: Duration = Duration::from_millis(20);

/// The most that is added to the reconnection time.
const MOST_EXTRA: Duration = Duration::from_secs(2);

/// Counts the connections in a row that delivered no event.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReconnectionDelay {
    failures: u32,
}

impl ReconnectionDelay {
    /// The connection delivered an event.
    pub(crate) fn event_delivered(&mut self) {
        self.failures = 0;
    }

    /// Whether the last connection delivered no event.
    pub(crate) fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// The delay after the loss of a connection: the reconnection time, doubled for every connection after the first
    /// that delivered no event.
    pub(crate) fn after_loss(&mut self, reconnection_time: Duration) -> Duration {
        let delay = reconnection_time.max(LEAST);
        let factor = 1_u32.checked_shl(self.failures.saturating_sub(1)).unwrap_or(u32::MAX) - 1;
        self.failures = self.failures.saturating_add(1);
        delay.saturating_add(delay.saturating_mul(factor).min(MOST_EXTRA))
    }
}

#[cfg(test)]
mod tests {
    use super::ReconnectionDelay;
    use std::time::Duration;

    fn milliseconds(delay: &mut ReconnectionDelay, reconnection_time: u64, times: usize) -> Vec<u128> {
        let time = Duration::from_millis(reconnection_time);
        (0..times).map(|_| delay.after_loss(time).as_millis()).collect()
    }

    #[test]
    fn the_reconnection_time_after_a_connection_with_events() {
        let mut delay = ReconnectionDelay::default();
        for _ in 0..3 {
            delay.event_delivered();
            assert_eq!(milliseconds(&mut delay, 300, 1), [300]);
        }
    }

    #[test]
    fn grows_while_connections_fail() {
        let mut delay = ReconnectionDelay::default();
        assert_eq!(milliseconds(&mut delay, 1000, 5), [1000, 1000, 2000, 3000, 3000]);
        delay.event_delivered();
        assert_eq!(milliseconds(&mut delay, 1000, 3), [1000, 1000, 2000]);
        assert_eq!(milliseconds(&mut delay, 100, 100).last(), Some(&2100));
    }

    #[test]
    fn never_shorter_than_the_reconnection_time() {
        for time in [0, 1, 20, 3_000, 3_000_000_000, u64::MAX] {
            for delay in milliseconds(&mut ReconnectionDelay::default(), time, 80) {
                assert!(delay >= u128::from(time).max(20));
            }
        }
    }
}
