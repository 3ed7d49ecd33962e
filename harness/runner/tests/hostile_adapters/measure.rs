//! How much memory a run takes: it runs in a process of its own, which tells the most that it ever had.

use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::scenario::Scenario;

/// What came of a run that was measured.
pub(crate) struct Measured {
    /// What the hostile adapter's author gets to read.
    pub(crate) text: String,
    /// The size of the results file, in bytes.
    pub(crate) size: usize,
    /// The most memory that the run had, in MiB; known on Linux only.
    pub(crate) peak: Option<usize>,
}

/// Runs a hostile adapter in a process of its own; these steps follow the trigger.
pub(crate) fn measured(behavior: &'static str, patience: Duration, then: &str) -> Measured {
    let exe = std::env::current_exe().unwrap();
    let patience = patience.as_millis().to_string();
    let output = Command::new(exe).args(["measured", behavior, &patience, then]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    let output = String::from_utf8(output.stdout).unwrap();
    let (numbers, text) = output.split_once('\n').unwrap();
    let (size, peak) = numbers.split_once(' ').unwrap();
    Measured { text: text.into(), size: size.parse().unwrap(), peak: peak.parse().ok() }
}

/// What that process does.
pub(crate) fn live(behavior: &str, patience: &str, then: &str) -> ExitCode {
    let patience = Duration::from_millis(patience.parse().unwrap());
    std::thread::spawn(keep_small);
    // The name is used until this process exits, which runs nothing else.
    let played = Scenario::of(behavior.to_owned().leak()).patience(patience).then(then).play();
    let peak = peak().map(|mib| mib.to_string()).unwrap_or_default();
    print!("{} {peak}\n{}", played.size(), played.text());
    ExitCode::SUCCESS
}

/// The most memory that a run may take before it is ended, in MiB: a test that fails shall not take the machine along.
const TOO_MUCH: usize = 1024;

/// Ends this process when it has too much memory.
fn keep_small() {
    loop {
        if peak().is_some_and(|mib| mib > TOO_MUCH) {
            eprintln!("the run took more than {TOO_MUCH} MiB of memory");
            std::process::exit(1);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The most memory that this process ever had, in MiB.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / 1024)
}
