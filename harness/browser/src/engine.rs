//! The browser engines that can be started.

use std::fmt;
use std::str::FromStr;

/// A browser engine that ssespec can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Chromium, preferably the small `chromium-headless-shell`.
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

    /// The Debian packages that provide it.
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
    type Err = UnknownEngine;

    fn from_str(word: &str) -> Result<Self, UnknownEngine> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.word() == word)
            .ok_or_else(|| UnknownEngine(word.to_owned()))
    }
}

/// The name of no known engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no browser \"{0}\"; expected chromium, firefox or webkit")]
pub struct UnknownEngine(String);

impl UnknownEngine {
    /// How to fix it.
    pub fn hint(&self) -> &'static str {
        "use `ssespec client --page` for any other browser"
    }
}
