//! The browser engines that ssespec can start.

use std::str::FromStr;

use ssespec_diagnostics::words;

words! {
    /// A browser engine that ssespec can start.
    pub enum Engine {
        /// Chromium, preferably the small `chromium-headless-shell`.
        Chromium = "chromium",
        /// Firefox.
        Firefox = "firefox",
        /// WebKitGTK's MiniBrowser.
        WebKit = "webkit",
    }
}

impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(word: &str) -> Result<Self, UnknownEngine> {
        Self::from_word(word).ok_or_else(|| UnknownEngine(word.to_owned()))
    }
}

/// A name that is not the name of an engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no browser \"{0}\"; expected chromium, firefox or webkit")]
pub struct UnknownEngine(String);

impl UnknownEngine {
    /// How to fix it.
    pub fn hint(&self) -> &'static str {
        "use `ssespec client --page` for any other browser"
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    #[test]
    fn engines_have_names() {
        for engine in Engine::ALL {
            assert_eq!(engine.word().parse(), Ok(*engine));
        }
        let error = "netscape".parse::<Engine>().expect_err("no engine");
        assert!(error.to_string().contains("chromium, firefox or webkit"));
        assert!(error.hint().contains("--page"));
    }
}
