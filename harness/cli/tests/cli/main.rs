//! The `ssespec` command, run as its users run it: every command and every option.
//!
//! The implementation under test is the reference client, or this test executable itself: started as
//! `cli adapter OPTION...` it is an adapter for a small client, as `cli touch FILE` it makes a file.
//!
//! - [`adapter`]: that adapter
//! - [`command`]: runs the command, and what it printed
//! - [`workshop`]: folders of implementations, made for a test
//! - [`tether`]: how many adapters live, and whether one is gone
//! - [`http`]: requests by a raw connection, for the mock server
//! - the others: the tests, by command or option
//!
//! The cases are those of `cases/` beside this file where a test needs to know what is in them.

// Cargo sets `test` for this target too; said here, it tells the lints what they need not ask of a test.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod alternatives;
#[cfg(test)]
mod baseline;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod client;
#[cfg(test)]
mod color;
#[cfg(test)]
mod command;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod help;
#[cfg(test)]
mod http;
#[cfg(test)]
mod interrupt;
#[cfg(test)]
mod mock_case;
#[cfg(test)]
mod mock_file;
#[cfg(test)]
mod output;
#[cfg(test)]
mod playing;
#[cfg(test)]
mod report;
#[cfg(test)]
mod requirements;
#[cfg(test)]
mod run;
#[cfg(test)]
mod selection;
#[cfg(test)]
mod server;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod tether;
#[cfg(test)]
mod workshop;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((first, options)) if first == "adapter" => adapter::live(options),
        Some((first, files)) if first == "touch" => workshop::touch(files),
        _ => libtest_mimic::run(&Arguments::from_args(), tests()).exit_code(),
    }
}

fn tests() -> Vec<Trial> {
    let groups = [
        ("help", help::TESTS),
        ("run", run::TESTS),
        ("setup", setup::TESTS),
        ("baseline", baseline::TESTS),
        ("client", client::TESTS),
        ("browser", browser::TESTS),
        ("server", server::TESTS),
        ("selection", selection::TESTS),
        ("playing", playing::TESTS),
        ("alternatives", alternatives::TESTS),
        ("output", output::TESTS),
        ("color", color::TESTS),
        ("report", report::TESTS),
        ("corpus", corpus::TESTS),
        ("requirements", requirements::TESTS),
        ("mock-case", mock_case::TESTS),
        ("mock-file", mock_file::TESTS),
        ("interrupt", interrupt::TESTS),
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
