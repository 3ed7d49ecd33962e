//! The mock server next to bare hyper, Node's `http` and Go's `net/http`, sending the same events to the same client:
//! `cargo bench -p ssespec-mock-server --features command --bench streams --profile speed`.
//!
//! Each server is a process of its own, and so is the client. `-- --write` writes `mock-server/benches/RESULTS.md`;
//! `-- --quick` measures a tenth.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

mod client;
mod exact_server;
mod hyper_server;
mod measure;
mod process;
mod report;
mod ssespec_server;

use std::error::Error;

/// The event that all servers send. It is passed in the environment variable `EVENT`.
const EVENT: &str = "id: 1234\nevent: quote\ndata: {\"price\": 101.25, \"size\": 300}\n\n";

/// How many events a timed stream has, 100 ms apart.
const TIMED: usize = 30;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    ssespec_mock_server::scenario::descriptors::raise();
    match arguments.first().map(String::as_str) {
        Some("ssespec-server") => ssespec_server::serve(),
        Some("hyper-server") => hyper_server::serve(),
        Some("exact-server") => exact_server::serve(),
        Some("client") => client::run(&arguments[1..]),
        // Cargo also runs it as a test.
        _ if has("--test") => Ok(()),
        _ => {
            if has("--times") {
                return measure::times();
            }
            let scale = if has("--quick") { measure::Scale::Quick } else { measure::Scale::Full };
            let results = measure::all(scale)?;
            let page = report::page(&results);
            println!("{page}");
            if has("--write") {
                std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/RESULTS.md"), page)?;
            }
            Ok(())
        }
    }
}
