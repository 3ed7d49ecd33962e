//! Starting browsers, opening pages in them, and leaving nothing of them behind.
//!
//! - `find`: where a browser is installed, and which package brings it
//! - `process`: a browser's processes and its folder, which end together
//! - `chromium`, `firefox`, `webkit`: one engine each; `bidi` and `webdriver` are what the latter two are driven by
//! - `shared`: one browser for all lanes

mod bidi;
mod chromium;
mod find;
mod firefox;
mod process;
mod shared;
mod webdriver;
mod webkit;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

pub use find::{Installed, find};
pub use shared::Shared;

/// A browser engine that we can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Chromium, by preference the small `chromium-headless-shell`.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK's MiniBrowser.
    WebKit,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name on the command line and in `ssespec.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The Debian packages that bring it.
    pub fn packages(self) -> &'static str {
        match self {
            Self::Chromium => "chromium-headless-shell",
            Self::Firefox => "firefox-esr",
            Self::WebKit => "webkit2gtk-driver xvfb",
        }
    }

    /// The environment variable that names its program.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROME",
            Self::Firefox => "FIREFOX",
            Self::WebKit => "WEBKIT_DRIVER",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Engine {
    type Err = BrowserError;

    fn from_str(word: &str) -> Result<Self, BrowserError> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.word() == word)
            .ok_or_else(|| BrowserError::Unknown(word.to_owned()))
    }
}

/// Why a browser cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// No such browser can be started.
    #[error("there is no browser \"{0}\"; expected chromium, firefox or webkit")]
    Unknown(String),
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
            Self::Unknown(_) => "any other browser runs the suite by `ssespec client --page`",
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

#[cfg(test)]
mod tests;
