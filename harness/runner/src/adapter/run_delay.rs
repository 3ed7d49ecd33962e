//! How long the threads of an adapter were ready to run and got no processor, which is how a busy machine slows it down.
//!
//! Linux reports it for each thread: the second number of `/proc/<process>/task/<thread>/schedstat`, see
//! <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>. Elsewhere it is not known.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use super::footprint;
use super::processes::Processes;

/// The run delays of the threads of an adapter and of this process, which serves it.
#[derive(Debug)]
pub(crate) struct RunDelay {
    adapter: Processes,
    /// What each thread had when it was last seen, by process and thread.
    seen: HashMap<(u32, u32), Duration>,
    total: Duration,
}

impl RunDelay {
    /// Begins to count.
    pub(crate) fn of(adapter: Processes) -> Self {
        let mut delay = Self { adapter, seen: HashMap::new(), total: Duration::ZERO };
        delay.seen = delay.threads().collect();
        delay
    }

    /// The sum over all threads since the count began. It may exceed the time that passed.
    pub(crate) fn read(&mut self) -> Duration {
        let now: HashMap<_, _> = self.threads().collect();
        for (thread, delay) in &now {
            let before = self.seen.get(thread).copied().unwrap_or_default();
            self.total += delay.saturating_sub(before);
        }
        self.seen = now;
        self.total
    }

    /// The run delay of each thread.
    fn threads(&self) -> impl Iterator<Item = ((u32, u32), Duration)> + use<> {
        let mut processes = footprint::members(self.adapter);
        if !processes.contains(&std::process::id()) {
            processes.push(std::process::id());
        }
        processes.into_iter().flat_map(|process| {
            let entries = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
            let threads = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
            threads.filter_map(move |thread| Some(((process, thread), run_delay(process, thread)?)))
        })
    }
}

/// The run delay of a thread since it started; `None` if it has exited, or if the system does not report it.
fn run_delay(process: u32, thread: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat")).ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::run_delay;

    #[test]
    fn two_busy_processes_on_one_processor_delay_each_other() {
        let script = "while :; do :; done & while :; do :; done";
        let mut command = Command::new("taskset");
        command.args(["-c", "0", "sh", "-c", script]).stdin(Stdio::null()).process_group(0);
        let mut child = command.spawn().unwrap();
        let (began, enough) = (Instant::now(), Duration::from_millis(200));
        let mut read = Duration::ZERO;
        while read < enough && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
            read = run_delay(child.id(), child.id()).unwrap();
        }
        let group = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(read >= enough, "{read:?}");
    }
}
