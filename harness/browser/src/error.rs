//! Why a browser cannot be used.

use std::time::Duration;

use super::engine::{Engine, UnknownEngine};

/// Why a browser cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// No such browser can be started.
    #[error(transparent)]
    Unknown(#[from] UnknownEngine),
    /// It is not installed.
    #[error("{engine} is not installed here: no {program} on the PATH or in the usual places")]
    Missing {
        /// Which browser.
        engine: Engine,
        /// The program that was looked for.
        program: &'static str,
    },
    /// The variable that should name it names something else.
    #[error("{variable} names {path}, which is not a file")]
    Misnamed {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        path: String,
    },
    /// It did not start.
    #[error("{engine} did not start: {problem}")]
    Start {
        /// Which browser.
        engine: Engine,
        /// What happened, with the end of its stderr.
        problem: String,
    },
    /// It did not do what it was told.
    #[error("{engine} did not {what}: {problem}")]
    Refused {
        /// Which browser.
        engine: Engine,
        /// What it was told.
        what: &'static str,
        /// What it said.
        problem: String,
    },
    /// It took too long.
    #[error("{engine} did not {what} within {}", humantime::format_duration(*.within))]
    Slow {
        /// Which browser.
        engine: Engine,
        /// What it was told.
        what: &'static str,
        /// How long that may take.
        within: Duration,
    },
}

impl BrowserError {
    /// What can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.hint(),
            Self::Missing { engine: Engine::Chromium, .. } => {
                "on Debian and Ubuntu `apt-get install chromium-headless-shell` brings it; CHROME names a program elsewhere"
            }
            Self::Missing { engine: Engine::Firefox, .. } => {
                "on Debian `apt-get install firefox-esr` brings it; FIREFOX names a program elsewhere"
            }
            Self::Missing { engine: Engine::WebKit, .. } => {
                "on Debian and Ubuntu `apt-get install webkit2gtk-driver xvfb` brings it; WEBKIT_DRIVER names a \
                 WebKitWebDriver elsewhere"
            }
            Self::Misnamed { .. } => "give the path of the program, or unset the variable",
            Self::Start { .. } | Self::Refused { .. } | Self::Slow { .. } => {
                "see whether the browser starts by itself; a busy machine may need fewer --lanes"
            }
        }
    }
}
