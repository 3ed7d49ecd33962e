//! The processes of a program: those in its group, those below its first process wherever they are, and those whose
//! environment names the program, which find even those that left both.

/// The environment variable that identifies them: its value is the folder of the run.
pub(super) const MARK: &str = "SSESPEC_PROGRAM";

#[cfg(target_os = "linux")]
pub(super) use linux::{Tree, kill};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use nix::sys::signal::{Signal, kill as signal};
    use nix::unistd::Pid;

    use super::MARK;

    /// The fields used from `/proc/<process>/stat`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Stat {
        parent: u32,
        group: u32,
        /// When it started, in ticks since the system did: it distinguishes processes with the same number.
        started: u64,
    }

    /// The processes of a program, as far as they have been seen.
    #[derive(Debug, Default)]
    pub(crate) struct Tree(BTreeMap<u32, u64>);

    impl Tree {
        /// Adds the processes that run now, of the program with this first process, which leads its group, and this mark.
        /// Returns those that still run.
        pub(crate) fn look(&mut self, leader: u32, mark: &str) -> Vec<u32> {
            let all = running();
            let wanted = format!("{MARK}={mark}");
            for (process, stat) in &all {
                // Another user's processes cannot be read, and are not the program's.
                let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
                let is_marked =
                    environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
                if *process == leader || stat.group == leader || is_marked {
                    self.0.insert(*process, stat.started);
                }
            }
            loop {
                let is_new = |process: &u32, stat: &Stat| {
                    self.0.contains_key(&stat.parent) && self.0.get(process) != Some(&stat.started)
                };
                let below: Vec<(u32, u64)> = all
                    .iter()
                    .filter(|(process, stat)| is_new(process, stat))
                    .map(|(process, stat)| (*process, stat.started))
                    .collect();
                if below.is_empty() {
                    break;
                }
                self.0.extend(below);
            }
            let still = |process: &u32| all.get(process).map(|stat| stat.started);
            self.0.iter().filter(|(process, at)| still(process) == Some(**at)).map(|(one, _)| *one).collect()
        }
    }

    /// Kills processes.
    pub(crate) fn kill(processes: &[u32]) {
        for process in processes.iter().filter_map(|process| i32::try_from(*process).ok()) {
            // It may have ended meanwhile.
            let _ = signal(Pid::from_raw(process), Signal::SIGKILL);
        }
    }

    /// All processes that have not ended.
    fn running() -> BTreeMap<u32, Stat> {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers.filter_map(|process| Some((process, stat(process)?))).collect()
    }

    fn stat(process: u32) -> Option<Stat> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is a name in parentheses, which may hold anything; the third field comes after it.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse().ok();
        if matches!(*fields.first()?, "Z" | "X") {
            return None;
        }
        let small = |field| u32::try_from(number(field)?).ok();
        Some(Stat { parent: small(4)?, group: small(5)?, started: number(22)? })
    }
}
