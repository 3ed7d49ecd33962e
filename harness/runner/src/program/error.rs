//! Why a proxy, or a client behind a test service, that the harness starts cannot be tested.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a proxy, or a client behind a test service, that the harness starts cannot be tested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// Its version cannot be found out.
    #[error("`{command}` could not be started: {problem}")]
    VersionCommand {
        /// The command.
        command: String,
        /// What the operating system said.
        problem: io::Error,
    },
    /// It has another version.
    #[error("expected version {version}, but `{command}` prints {printed:?}")]
    OtherVersion {
        /// The version that the folder names.
        version: String,
        /// The command that prints it.
        command: String,
        /// The beginning of what it prints.
        printed: String,
    },
    /// No port is free, or a folder or file cannot be written.
    #[error("{what}: {problem}")]
    Prepare {
        /// What was to be prepared.
        what: String,
        /// What the operating system said.
        problem: io::Error,
    },
    /// A template is not text.
    #[error("{}: this template cannot be read as UTF-8 text: {problem}", file.display())]
    Template {
        /// The template.
        file: PathBuf,
        /// What the operating system said.
        problem: io::Error,
    },
    /// It could not be started.
    #[error("`{command}` could not be started: {problem}")]
    Start {
        /// The command.
        command: String,
        /// What the operating system said.
        problem: io::Error,
    },
    /// It ended before it was ready.
    #[error("`{command}` ended before it was ready: {status}")]
    EndedEarly {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The end of what it printed.
        output: String,
    },
    /// It accepts no connection.
    #[error("`{command}` accepts no connection at {listen} within {}", humantime::format_duration(*patience))]
    NotReady {
        /// The command.
        command: String,
        /// The address at which it should listen.
        listen: String,
        /// How long it had to.
        patience: Duration,
        /// The end of what it printed.
        output: String,
    },
    /// It ended while it was tested.
    #[error("`{command}` ended during the run: {status}")]
    Ended {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The end of what it printed.
        output: String,
    },
}

impl ProgramError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::VersionCommand { .. } | Self::Start { .. } => "check that it is installed and on the PATH",
            Self::OtherVersion { .. } => {
                "install that version; or change `version` in ssespec.toml, and look at the known failures again \
                 (`ssespec run --write-baseline`)"
            }
            Self::Prepare { .. } => "check the folder for temporary files: TMPDIR",
            Self::Template { .. } => "keep only configuration files in the folder of the templates",
            Self::EndedEarly { .. } => {
                "the command must start the proxy in the foreground, and keep running until it gets SIGTERM"
            }
            Self::NotReady { .. } => "configure it to listen at `{listen}`",
            Self::Ended { .. } => {
                "the cases that ran last may have ended it: `--filter` runs some of them, `--jobs 1` one after another"
            }
        }
    }

    /// The end of what it printed.
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::EndedEarly { output, .. } | Self::NotReady { output, .. } | Self::Ended { output, .. } => {
                Some(output)
            }
            _ => None,
        }
    }
}
