//! Why a browser cannot be used.

use std::time::Duration;

use ssespec::engine::Engine;

/// Why a browser cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// It is not installed.
    #[error("{engine} is not installed: {program} was found neither on the PATH nor in the usual places")]
    Missing {
        /// Which browser.
        engine: Engine,
        /// The program that was looked for.
        program: &'static str,
    },
    /// The environment variable does not name a file.
    #[error("{variable} is set to {path}, which is not a file")]
    Misnamed {
        /// The variable.
        variable: &'static str,
        /// Its value.
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
    /// A command failed.
    #[error("{engine} did not {what}: {problem}")]
    Refused {
        /// Which browser.
        engine: Engine,
        /// The command, as in "open the page".
        what: &'static str,
        /// The browser's error message.
        problem: String,
    },
    /// It took too long.
    #[error("{engine} did not {what} within {}", humantime::format_duration(*.within))]
    Slow {
        /// Which browser.
        engine: Engine,
        /// The command, as in "open the page".
        what: &'static str,
        /// The time limit.
        within: Duration,
    },
}

impl BrowserError {
    /// How to fix it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { engine: Engine::Chromium, .. } => {
                "on Debian and Ubuntu, run `apt-get install chromium-headless-shell`; set CHROME to use a program elsewhere"
            }
            Self::Missing { engine: Engine::Firefox, .. } => {
                "on Debian, run `apt-get install firefox-esr`; set FIREFOX to use a program elsewhere"
            }
            Self::Missing { engine: Engine::WebKit, .. } => {
                "on Debian and Ubuntu, run `apt-get install webkit2gtk-driver xvfb`; set WEBKIT_DRIVER to use a \
                 WebKitWebDriver elsewhere"
            }
            Self::Misnamed { .. } => "set it to the path of the program, or unset it",
            Self::Start { .. } | Self::Refused { .. } | Self::Slow { .. } => {
                "check that the browser starts on its own; on a busy machine, use fewer --jobs"
            }
        }
    }
}
