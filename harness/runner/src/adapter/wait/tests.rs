#![cfg(all(feature = "command", target_os = "linux"))]

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use super::*;
use crate::adapter::run_delay::tests::Crowded;

const PATIENCE: Duration = Duration::from_millis(1200);

/// A process in a group of its own, which ends with the test.
struct Started(Child);

impl Started {
    fn shell(script: &str) -> Self {
        let mut command = Command::new("sh");
        Self(command.args(["-c", script]).stdin(Stdio::null()).process_group(0).spawn().unwrap())
    }

    fn processes(&self) -> Processes {
        Processes::Group(self.0.id())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits as if nothing ever came, and tells how long it took, apart from what the machine had no processor for.
fn waited(processes: Processes, patience: Duration) -> (Duration, Duration) {
    let mut delay = RunDelay::of(processes);
    let began = Instant::now();
    let mut wait = Wait::new(processes, patience);
    loop {
        std::thread::sleep(wait.until().saturating_duration_since(Instant::now()));
        if !wait.goes_on() {
            let time = began.elapsed();
            return (time, time.saturating_sub(delay.read()));
        }
    }
}

#[test]
fn an_idle_process_gets_its_patience() {
    let idle = Started::shell("exec sleep 1000");
    let (time, had) = waited(idle.processes(), PATIENCE);
    assert!(time >= PATIENCE, "{time:?}");
    assert!(had < PATIENCE + EXTENSION.1, "{had:?} of {time:?}");
}

#[test]
fn a_busy_process_gets_its_patience_however_busy_the_machine_is() {
    let busy = Started::shell("while :; do :; done");
    let (time, had) = waited(busy.processes(), PATIENCE);
    assert!(had + UNCOUNTED >= PATIENCE || time >= PATIENCE * LONGEST, "{had:?} of {time:?}");
    assert!(had < PATIENCE + EXTENSION.1, "{had:?} of {time:?}");
}

#[test]
fn a_short_patience_counts_from_its_beginning() {
    const SHORT: Duration = Duration::from_millis(400);
    let crowded = Crowded::begin();
    let (time, had) = waited(crowded.processes(), SHORT);
    assert!(time > SHORT * 3 / 2, "{time:?}");
    assert!(had < SHORT + EXTENSION.1, "{had:?} of {time:?}");
}

#[test]
fn a_wait_for_unknown_processes_is_not_extended() {
    let mut wait = Wait::new(Processes::Unknown, PATIENCE);
    assert_eq!(wait.until(), wait.deadline);
    std::thread::sleep(PATIENCE);
    assert!(!wait.goes_on());
}
