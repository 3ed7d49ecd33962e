//! Adapters of servers that misbehave, and the verdict for each misbehavior.
//!
//! The test executable is also what it tests. Started as `server_adapters adapter MISBEHAVIOR`, it is the adapter of a
//! server that misbehaves in one way; with the variable [`conformance::CASES`], it is a conformance test as users of the
//! library write it; otherwise it runs the tests.
//!
//! - [`fixture`]: a small server that behaves correctly, or misbehaves in one way
//! - [`adapter`]: its adapter as a process, which may misbehave too
//! - [`two_cases`]: runs an adapter on two cases
//! - [`misbehavior`]: the verdict for each misbehavior
//! - [`conformance`]: the server with an in-process adapter
//! - [`command`]: the command line

// Cargo sets `test` for this target too; the attribute tells Clippy that these modules are tests.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod command;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod misbehavior;
#[cfg(test)]
mod two_cases;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Its arguments are those of a conformance test, so a variable selects this mode.
    if let Ok(cases) = std::env::var(conformance::CASES) {
        return conformance::main(&cases);
    }
    match words.as_slice() {
        ["adapter", misbehavior] => adapter::run(misbehavior),
        _ => libtest_mimic::run(&Arguments::from_args(), tests()).exit_code(),
    }
}

fn tests() -> Vec<Trial> {
    let groups = [
        ("misbehavior", misbehavior::TESTS),
        ("conformance", conformance::TESTS),
        ("command", command::TESTS),
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
