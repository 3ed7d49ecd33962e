//! The command that reruns a single case.

use std::path::PathBuf;

use ssespec_reports::results::{Delivery, Protocol};

/// The command that reruns a single case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rerun {
    /// `ssespec run` for a folder.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The folder and the options that the run depends on, as one would type them.
        words: String,
    },
    /// `ssespec client` with these words at its end.
    Command(String),
    /// `ssespec server` with these words at its end.
    Server(String),
    /// `ssespec proxy` with these words at its end.
    Proxy(String),
    /// `ssespec probe` with these words at its end.
    Probe(String),
    /// `cargo test` with these words, which select the test target.
    CargoTest(String),
}

impl Rerun {
    /// The command that reruns just this case in this delivery.
    pub fn command(&self, case: &str, delivery: Delivery) -> String {
        let over = match delivery.protocol {
            Protocol::Http1 => String::new(),
            protocol => format!(" {}", protocol.options()),
        };
        let delivery = delivery.kind().name();
        // Cases of users may have names with the special characters of globs.
        let filter = globset::escape(case);
        match self {
            Self::Folder { words, .. } => {
                format!("ssespec run {words} --filter '{filter}' --delivery {delivery}{over}")
            }
            Self::Command(command) => {
                format!("ssespec client --filter '{filter}' --delivery {delivery}{over} {command}")
            }
            Self::Server(command) => format!("ssespec server --filter '{filter}' {command}"),
            Self::Proxy(command) => {
                format!("ssespec proxy --filter '{filter}' --delivery {delivery}{over} {command}")
            }
            Self::Probe(command) => format!("ssespec probe --filter '{filter}' {command}"),
            Self::CargoTest(target) => format!("cargo test {target} -- --exact {case}"),
        }
    }
}
