//! How long the threads of an adapter were ready to run and got no processor, which is how a busy machine slows it down.
//!
//! Linux reports it for each thread: the second number of `/proc/<process>/task/<thread>/schedstat`, see
//! <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>. Elsewhere it is not known.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use super::footprint;
use super::processes::Processes;

/// The run delays of an adapter and of this process, which serves it.
///
/// What one thread does for a session follows what another did, so neither counts all of its threads: of each, the thread
/// that was delayed most.
#[derive(Debug)]
pub(crate) struct RunDelay {
    adapter: Threads,
    harness: Threads,
}

impl RunDelay {
    /// Begins to count.
    pub(crate) fn of(adapter: Processes) -> Self {
        // A function of this process is counted with it.
        let adapter = if adapter == Processes::Own { Processes::Unknown } else { adapter };
        Self { adapter: Threads::of(adapter), harness: Threads::of(Processes::Own) }
    }

    /// The run delay since the count began.
    pub(crate) fn read(&mut self) -> Duration {
        self.adapter.longest() + self.harness.longest()
    }
}

/// The run delays of the threads of some processes.
#[derive(Debug)]
struct Threads {
    processes: Processes,
    /// What each thread had at the beginning, by process and thread; nothing if it started later.
    at_first: HashMap<(u32, u32), Duration>,
    longest: Duration,
}

impl Threads {
    fn of(processes: Processes) -> Self {
        Self { processes, at_first: run_delays(processes).collect(), longest: Duration::ZERO }
    }

    /// The longest run delay of a thread since the beginning.
    fn longest(&mut self) -> Duration {
        for (thread, delay) in run_delays(self.processes) {
            let before = self.at_first.get(&thread).copied().unwrap_or_default();
            self.longest = self.longest.max(delay.saturating_sub(before));
        }
        self.longest
    }
}

/// The run delay of each thread of these processes, by process and thread.
fn run_delays(processes: Processes) -> impl Iterator<Item = ((u32, u32), Duration)> {
    footprint::members(processes).into_iter().flat_map(|process| {
        let entries = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let threads = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        threads.filter_map(move |thread| Some(((process, thread), run_delay(process, thread)?)))
    })
}

/// The run delay of a thread since it started; `None` if it has exited, or if the system does not report it.
fn run_delay(process: u32, thread: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat")).ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(all(test, target_os = "linux"))]
pub(crate) mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::{Processes, RunDelay};

    /// Two busy processes on one processor, of which each gets half of it at most.
    pub(crate) struct Crowded(Child);

    impl Crowded {
        /// When both run and wait for each other.
        pub(crate) fn begin() -> Self {
            let script = "while :; do :; done & while :; do :; done";
            let mut command = Command::new("taskset");
            command.args(["-c", "0", "sh", "-c", script]).stdin(Stdio::null()).process_group(0);
            let crowded = Self(command.spawn().expect("taskset"));
            let read = crowded.is_delayed_by(Duration::from_millis(200));
            assert!(read >= Duration::from_millis(200), "{read:?}");
            crowded
        }

        pub(crate) fn processes(&self) -> Processes {
            Processes::Group(self.0.id())
        }

        /// Waits until a thread has been delayed by this much, or for 30 seconds.
        fn is_delayed_by(&self, enough: Duration) -> Duration {
            let (began, mut delay) = (Instant::now(), RunDelay::of(self.processes()));
            let mut read = Duration::ZERO;
            while read < enough && began.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(20));
                read = delay.adapter.longest();
            }
            read
        }
    }

    impl Drop for Crowded {
        fn drop(&mut self) {
            let group = nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).expect("a process"));
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
            let _ = self.0.wait();
        }
    }

    #[test]
    fn two_busy_processes_on_one_processor_delay_each_other() {
        drop(Crowded::begin());
    }
}
