//! The processes of Linux, as `/proc` and their clocks show them. Processes that cannot be read have exited.

use std::fs;
use std::time::Duration;

use super::resolution::Resolution;
use crate::adapter::processes::Processes;

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

/// How exactly the time of these processes can be read.
pub(super) fn resolution(members: &[u32]) -> Resolution {
    match members.iter().find_map(|process| clock(*process)) {
        Some(_) => Resolution::Nanoseconds,
        None => Resolution::Ticks,
    }
}

/// The fields used from `/proc/<process>/stat`.
struct Stat {
    group: u32,
    /// Ticks in user and kernel mode.
    own: u32,
    /// The same of the children that were waited for.
    children: u32,
}

fn stat(process: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in parentheses, which may hold anything; the third field comes after it.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u32>().ok();
    let sum = |first: usize, second: usize| Some(number(first)?.saturating_add(number(second)?));
    Some(Stat { group: number(5)?, own: sum(14, 15)?, children: sum(16, 17)? })
}

/// The processor time of a process, of all its threads including those that have ended, and of the children that it has
/// waited for.
pub(super) fn processor(process: u32, resolution: Resolution) -> Option<Duration> {
    let stat = stat(process)?;
    let own = match resolution {
        Resolution::Nanoseconds => clock(process)?,
        Resolution::Ticks => TICK.saturating_mul(stat.own),
    };
    Some(own + TICK.saturating_mul(stat.children))
}

/// The clock of a process: the processor time of all its threads, including those that have ended.
#[cfg(feature = "command")]
fn clock(process: u32) -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    let process = nix::unistd::Pid::from_raw(i32::try_from(process).ok()?);
    let time = clock_gettime(ClockId::pid_cpu_clock_id(process).ok()?).ok()?;
    Some(Duration::from(time))
}

/// Only the command has what reads the clocks of processes.
#[cfg(not(feature = "command"))]
fn clock(_process: u32) -> Option<Duration> {
    None
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
