//! Hostile adapters, and what the harness makes of each.
//!
//! Whatever an adapter does, it costs at most its own case: the run neither hangs nor grows, the lane goes on with a
//! fresh adapter, no process is left, and a message tells the adapter's author what to mend.
//!
//! The test executable is its own zoo. Started as `zoo adapter BEAST TETHER` it is that adapter; otherwise it runs a
//! test for each beast. Every beast connects to the tether, a port of its test, so that its death can be seen.
//!
//! - [`adapter`]: the beasts, each a deviation from one sound adapter
//! - [`cage`]: runs a beast on a case or two, and says what came of it in a few lines
//! - [`tether`]: whether a process is gone
//! - [`measure`]: how much memory a run took
//! - the others: the tests, by what the beasts do

// Cargo sets `test` for this target too; said here, it tells the lints what they need not ask of a test.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod after_closed;
#[cfg(test)]
mod cage;
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
mod measure;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod tether;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["adapter", beast, tether] => adapter::live(beast, tether),
        ["measured", beast, patience, then] => measure::live(beast, patience, then),
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
