//! The processor time and memory of all processes of an adapter, where the system reports them.
//!
//! Linux reports memory in `/proc`, see <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>, and time as the
//! clock of each process, see <https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html>. Other systems are not
//! supported.

use std::time::Duration;

#[cfg(target_os = "linux")]
mod proc;
mod resolution;

pub use resolution::Resolution;

use super::processes::Processes;

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
    /// The processes that were found last.
    #[cfg(target_os = "linux")]
    members: Vec<u32>,
    resolution: Resolution,
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
            let members = proc::members(processes);
            let resolution = proc::resolution(&members);
            let mut footprint = Self { processes, members, resolution, processor: Duration::ZERO, peak: 0 };
            footprint.read_known().map(|_| footprint)
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = processes;
            None
        }
    }

    /// How exactly the processor time is counted.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Resets the peak memory.
    pub fn forget_peak(&mut self) {
        self.peak = 0;
        #[cfg(target_os = "linux")]
        {
            self.members = proc::members(self.processes);
            self.members.iter().copied().for_each(proc::reset_peak);
        }
    }

    /// The current measurements; `None` if all processes have exited.
    pub fn read(&mut self) -> Option<Reading> {
        #[cfg(target_os = "linux")]
        {
            self.members = proc::members(self.processes);
        }
        self.read_known()
    }

    /// The current measurements of the processes that were found last, which is many times cheaper; `None` if all of
    /// them have exited.
    pub fn read_known(&mut self) -> Option<Reading> {
        #[cfg(target_os = "linux")]
        {
            let time = |process: &u32| proc::processor(*process, self.resolution);
            let times: Vec<Duration> = self.members.iter().filter_map(time).collect();
            if times.is_empty() {
                return None;
            }
            self.processor = self.processor.max(times.iter().sum());
            if self.processes == Processes::Own {
                return Some(Reading { processor: self.processor, peak: None });
            }
            let resident: u64 = self.members.iter().filter_map(|process| proc::peak(*process)).sum();
            self.peak = self.peak.max(resident);
            Some(Reading { processor: self.processor, peak: Some(self.peak) })
        }
        #[cfg(not(target_os = "linux"))]
        None
    }
}

/// The numbers of these processes; none if the system does not report them.
#[cfg(feature = "command")]
pub(crate) fn members(processes: Processes) -> Vec<u32> {
    #[cfg(target_os = "linux")]
    return proc::members(processes);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = processes;
        Vec::new()
    }
}

#[cfg(test)]
mod tests;
