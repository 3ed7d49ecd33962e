//! The processor time that a run takes, where the system reports it.
//!
//! Linux reports it in `/proc`, see <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.

use std::time::Duration;

use ssespec_reports::results::ProcessorTime;

/// The length of the kernel's tick as exposed to user space (`USER_HZ`, 100 on every architecture in use).
const TICK: Duration = Duration::from_millis(10);

/// The processor time of this process so far, and of its children that have exited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProcessorClock {
    own: Duration,
    children: Duration,
}

impl ProcessorClock {
    /// The time so far; `None` if the system does not report it.
    pub(super) fn read() -> Option<Self> {
        Self::parse(&std::fs::read_to_string("/proc/self/stat").ok()?)
    }

    fn parse(stat: &str) -> Option<Self> {
        // The second field is a name in parentheses, which may hold anything; the third field comes after it.
        let (_, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let ticks = |field: usize| Some(TICK.saturating_mul(fields.get(field - 3)?.parse().ok()?));
        Some(Self { own: ticks(14)? + ticks(15)?, children: ticks(16)? + ticks(17)? })
    }

    /// The time since an earlier reading.
    pub(super) fn since(self, earlier: Self) -> ProcessorTime {
        let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        ProcessorTime {
            harness_us: microseconds(self.own.saturating_sub(earlier.own)),
            adapters_us: microseconds(self.children.saturating_sub(earlier.children)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_process_may_hold_anything() {
        let stat = "12 (a) b) 1) S 1 2 3 4 5 6 7 8 9 10 20 5 70 30 20 0 1";
        let clock = ProcessorClock::parse(stat).unwrap();
        let (own, children) = (Duration::from_millis(250), Duration::from_secs(1));
        assert_eq!(clock, ProcessorClock { own, children });
        assert_eq!(ProcessorClock::parse("12 (a) S 1 2"), None);
        let earlier = ProcessorClock { own: Duration::from_millis(50), children: Duration::ZERO };
        assert_eq!(clock.since(earlier), ProcessorTime { harness_us: 200_000, adapters_us: 1_000_000 });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_reports_it() {
        assert!(ProcessorClock::read().is_some());
    }
}
