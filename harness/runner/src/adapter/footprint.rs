//! The processor time and memory of all processes of an adapter, where the system reports them.
//!
//! Linux reports them in `/proc`, see <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>. Other systems are
//! not supported.

use std::time::Duration;

/// The processes of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// A process group, by its number.
    Group(u32),
    /// This process, which also runs the harness.
    Own,
    /// Unknown to the harness.
    Unknown,
}

/// The measurements at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The processor time since the processes started.
    pub processor: Duration,
    /// The most resident memory since [`Footprint::forget_peak`], in bytes; `None` if it is not only the adapter's.
    pub peak: Option<u64>,
}

/// The processor time and memory of an adapter.
#[derive(Debug)]
pub struct Footprint {
    #[cfg(target_os = "linux")]
    processes: Processes,
    /// The largest value so far: the time of a process that was never waited for is not lost.
    processor: Duration,
    /// The peak memory, in bytes.
    peak: u64,
}

impl Footprint {
    /// The footprint of these processes; `None` if the system does not report it.
    pub fn of(processes: Processes) -> Option<Self> {
        #[cfg(target_os = "linux")]
        {
            let mut footprint = Self { processes, processor: Duration::ZERO, peak: 0 };
            footprint.read().map(|_| footprint)
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = processes;
            None
        }
    }

    /// Resets the peak memory.
    pub fn forget_peak(&mut self) {
        self.peak = 0;
        #[cfg(target_os = "linux")]
        proc::members(self.processes).into_iter().for_each(proc::reset_peak);
    }

    /// The current measurements; `None` if all processes have exited.
    pub fn read(&mut self) -> Option<Reading> {
        #[cfg(target_os = "linux")]
        {
            let members = proc::members(self.processes);
            let times: Vec<Duration> =
                members.iter().filter_map(|process| proc::processor(*process)).collect();
            if times.is_empty() {
                return None;
            }
            self.processor = self.processor.max(times.iter().sum());
            let resident: u64 = members.iter().filter_map(|process| proc::peak(*process)).sum();
            self.peak = self.peak.max(resident);
            let peak = (self.processes != Processes::Own).then_some(self.peak);
            Some(Reading { processor: self.processor, peak })
        }
        #[cfg(not(target_os = "linux"))]
        None
    }
}

/// Reading `/proc`. Processes that cannot be read have exited.
#[cfg(target_os = "linux")]
mod proc {
    use std::fs;
    use std::time::Duration;

    use super::Processes;

    /// The length of the kernel's tick as exposed to user space (`USER_HZ`, 100 on every architecture in use).
    const TICK: Duration = Duration::from_millis(10);

    /// The numbers of the processes.
    pub(super) fn members(processes: Processes) -> Vec<u32> {
        match processes {
            Processes::Own => vec![std::process::id()],
            Processes::Unknown => Vec::new(),
            Processes::Group(group) => {
                let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
                let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
                numbers.filter(|process| stat(*process).is_some_and(|stat| stat.group == group)).collect()
            }
        }
    }

    /// The fields used from `/proc/<process>/stat`.
    struct Stat {
        group: u32,
        /// Ticks in user and kernel mode, with those of children that were waited for.
        ticks: u32,
    }

    fn stat(process: u32) -> Option<Stat> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is a name in parentheses, which may hold anything; the third field comes after it.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u32>().ok();
        Some(Stat { group: number(5)?, ticks: (14..=17).filter_map(number).sum() })
    }

    /// The processor time of a process and of the children that it has waited for.
    pub(super) fn processor(process: u32) -> Option<Duration> {
        Some(TICK.saturating_mul(stat(process)?.ticks))
    }

    /// The peak resident memory since the last reset, in bytes.
    pub(super) fn peak(process: u32) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }

    /// Resets the peak to the current memory, if that is permitted. Otherwise the peak of a later span is never less
    /// than that of an earlier one, so growth is still visible.
    pub(super) fn reset_peak(process: u32) {
        let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
    }
}

#[cfg(test)]
mod tests;
