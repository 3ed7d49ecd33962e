//! The option `--level`.

use clap::ValueEnum;
use ssespec_cases::Level;

/// A level on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelWord {
    /// An absolute requirement
    Must,
    /// A recommendation; there may be good reasons to deviate
    Should,
    /// Optional or disputed
    May,
}

impl LevelWord {
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Must => Level::Must,
            Self::Should => Level::Should,
            Self::May => Level::May,
        }
    }
}

/// The levels with these words.
pub(crate) fn levels(words: &[LevelWord]) -> Vec<Level> {
    words.iter().copied().map(LevelWord::level).collect()
}
