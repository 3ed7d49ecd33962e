//! What an adapter takes from the machine: processor time and memory of all its processes, where the system tells.
//!
//! Linux tells it in `/proc`, see <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>. Elsewhere nothing is
//! known.

use std::time::Duration;

/// Whose processor time and memory are an adapter's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// Those of a process group, by its number.
    Group(u32),
    /// Those of this process, of which the harness is a part.
    Own,
    /// Of processes that the harness knows nothing of.
    Unknown,
}

/// What was read at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The processor time since the processes began.
    pub processor: Duration,
    /// The most resident memory since [`Footprint::forget_peak`], in bytes; `None` where it is not the adapter's alone.
    pub peak: Option<u64>,
}

/// The processor time and memory of an adapter.
#[derive(Debug)]
pub struct Footprint {
    #[cfg(target_os = "linux")]
    processes: Processes,
    /// What was read before: the time of a process that nobody waited for is not lost with it.
    processor: Duration,
    /// The most memory that was seen, in bytes.
    peak: u64,
}

impl Footprint {
    /// That of these processes; `None` where the system does not tell.
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

    /// Begins to look for the most memory anew.
    pub fn forget_peak(&mut self) {
        self.peak = 0;
        #[cfg(target_os = "linux")]
        proc::members(self.processes).into_iter().for_each(proc::reset_peak);
    }

    /// What the processes have taken until now; `None` where none of them lives any more.
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

/// Reading `/proc`. Processes come and go meanwhile: what cannot be read is gone.
#[cfg(target_os = "linux")]
mod proc {
    use std::fs;
    use std::time::Duration;

    use super::Processes;

    /// The length of the kernel's tick as it tells it to users (`USER_HZ`, 100 on every architecture in use).
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

    /// What is used of `/proc/<process>/stat`.
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

    /// The most memory that was resident since it was reset, in bytes.
    pub(super) fn peak(process: u32) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }

    /// Makes the present memory the most that there was, where that is permitted. Elsewhere the most of a later span
    /// is never less than that of an earlier one, so that growth shows all the same.
    pub(super) fn reset_peak(process: u32) {
        let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
    }
}

#[cfg(test)]
mod tests;
