//! The `ssespec` command, run as its users run it: every command and every option.
//!
//! The implementation under test is the reference client, or this test executable itself: started as
//! `cli adapter OPTION...` it is an adapter for a small client, as `cli touch FILE` it creates a file, as `cli as-proxy FILE
//! OPTION...` it is a proxy.
//!
//! - [`adapter`]: that adapter
//! - [`proxy_process`]: that proxy
//! - [`command`]: runs the command and captures its output
//! - [`test_folder`]: temporary folders of implementations
//! - [`adapter_processes`]: how many adapter processes there are, and whether one has exited
//! - [`http`]: sends requests to the mock server over a raw connection
//! - the others: the tests, by command or option
//!
//! Tests that need to know the contents of cases use those in `cases/` next to this file.

// Cargo sets `test` for this target too; the attribute tells Clippy that these modules are tests.
#[cfg(test)]
mod adapter;
#[cfg(test)]
mod adapter_processes;
#[cfg(test)]
mod alternatives;
#[cfg(test)]
mod baseline;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod check_adapter;
#[cfg(test)]
mod client;
#[cfg(test)]
mod color;
#[cfg(test)]
mod command;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod execution;
#[cfg(test)]
mod help;
#[cfg(test)]
mod http;
#[cfg(test)]
mod init;
#[cfg(test)]
mod interrupt;
#[cfg(test)]
#[cfg(unix)]
mod issues;
#[cfg(test)]
mod mock_case;
#[cfg(test)]
mod mock_control;
#[cfg(test)]
mod mock_expect;
#[cfg(test)]
mod mock_file;
#[cfg(test)]
mod mock_forward;
#[cfg(test)]
#[cfg(unix)]
mod mock_output;
#[cfg(test)]
#[cfg(feature = "tls")]
mod mock_tls;
#[cfg(test)]
mod output;
#[cfg(test)]
mod protocols;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod proxy_folder;
#[cfg(test)]
mod proxy_process;
#[cfg(test)]
mod proxy_tls;
#[cfg(test)]
mod record;
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
mod shard;
#[cfg(test)]
mod test_folder;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((first, options)) if first == "adapter" => adapter::live(options),
        Some((first, options)) if first == "as-proxy" => proxy_process::live(options),
        Some((first, options)) if first == "as-worker" => proxy_process::work(options),
        Some((first, files)) if first == "touch" => test_folder::touch(files),
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
        ("check-adapter", check_adapter::TESTS),
        ("init", init::TESTS),
        ("browser", browser::TESTS),
        ("server", server::TESTS),
        ("proxy", proxy::TESTS),
        ("proxy-folder", proxy_folder::TESTS),
        ("proxy_tls", proxy_tls::TESTS),
        ("selection", selection::TESTS),
        ("shard", shard::TESTS),
        ("execution", execution::TESTS),
        ("alternatives", alternatives::TESTS),
        ("output", output::TESTS),
        #[cfg(feature = "tls")]
        ("protocols", protocols::TESTS),
        ("color", color::TESTS),
        ("report", report::TESTS),
        #[cfg(unix)]
        ("issues", issues::TESTS),
        ("corpus", corpus::TESTS),
        ("requirements", requirements::TESTS),
        ("mock-case", mock_case::TESTS),
        ("mock-control", mock_control::TESTS),
        ("mock-expect", mock_expect::TESTS),
        ("mock-file", mock_file::TESTS),
        ("mock-forward", mock_forward::TESTS),
        #[cfg(feature = "tls")]
        ("mock-tls", mock_tls::TESTS),
        #[cfg(unix)]
        ("mock-output", mock_output::TESTS),
        ("record", record::TESTS),
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
