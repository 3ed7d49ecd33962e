//! Servers and their adapters, and what the harness makes of each.
//!
//! The test executable is its own zoo. Started as `serving adapter BEAST` it is the adapter of a server that misbehaves in
//! one way; as `serving in-process ..` it is a conformance test as users of the library write it; otherwise it runs a test
//! for each.
//!
//! - [`fixture`]: a small server, sound and otherwise
//! - [`adapter`]: its adapter as a process, and the ways in which that misbehaves
//! - [`cage`]: runs one on two cases, and says what came of it
//! - [`beasts`]: what each comes to
//! - [`conformance`]: the server as a function of the process
//! - [`command`]: the command line

// Cargo sets `test` for this target too; said here, it tells the lints what they need not ask of a test.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod beasts;
#[cfg(test)]
mod cage;
#[cfg(test)]
mod command;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod fixture;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Its arguments are those of a test, so that what it is comes by another way.
    if let Ok(cases) = std::env::var(conformance::CASES) {
        return conformance::main(&cases);
    }
    match words.as_slice() {
        ["adapter", beast] => adapter::live(beast),
        _ => libtest_mimic::run(&Arguments::from_args(), tests()).exit_code(),
    }
}

fn tests() -> Vec<Trial> {
    let groups =
        [("beasts", beasts::TESTS), ("conformance", conformance::TESTS), ("command", command::TESTS)];
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
