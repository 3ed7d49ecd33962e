//! Hostile adapters, and how the harness handles each.
//!
//! Whatever an adapter does, it costs at most its own case: the run neither hangs nor grows, the lane continues with a
//! fresh adapter, no process is left running, and a message tells the adapter's author what to fix.
//!
//! The test executable contains the adapters. Started as `hostile_adapters adapter BEHAVIOR ADDRESS` it is that adapter;
//! otherwise it runs the tests. Every adapter connects to ADDRESS, a port of its test, so that its exit is noticed.
//!
//! - [`adapter`]: the adapters, each a deviation from one sound adapter
//! - [`scenario`]: runs an adapter on one or two cases, and summarizes the results
//! - [`liveness`]: whether a process has exited
//! - [`measure`]: how much memory a run takes
//! - the others: the tests, by what the adapters do

// Cargo sets `test` for this target too; the attribute tells Clippy that these modules are tests.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod after_closed;
#[cfg(test)]
mod deaths;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod hello;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod liveness;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod silence;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["adapter", behavior, liveness] => adapter::live(behavior, liveness),
        ["measured", behavior, patience, then] => measure::live(behavior, patience, then),
        _ => libtest_mimic::run(&Arguments::from_args(), tests()).exit_code(),
    }
}

fn tests() -> Vec<Trial> {
    let groups = [
        ("hello", hello::TESTS),
        ("lines", lines::TESTS),
        ("silence", silence::TESTS),
        ("floods", floods::TESTS),
        ("deaths", deaths::TESTS),
        ("after-closed", after_closed::TESTS),
        ("pages", pages::TESTS),
        ("leftovers", leftovers::TESTS),
        ("growth", growth::TESTS),
    ];
    let tests =
        groups.iter().flat_map(|(group, tests)| tests.iter().map(move |(name, test)| (group, name, *test)));
    tests
        .map(|(group, name, test)| {
            Trial::test(format!("{group}::{name}"), move || {
                test();
                Ok(())
            })
        })
        .collect()
}

/// Tests by name.
type Tests = &'static [(&'static str, fn())];
