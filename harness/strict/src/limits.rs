//! How much a reader keeps.

/// How much is kept of things without a maximum length, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The head of a response. Reading stops in one that is longer.
    pub head: usize,
    /// A line of the stream. The rest of one that is longer is only counted.
    pub line: usize,
    /// The data of an event; the rest is only counted.
    pub data: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 64 * 1024, line: 4 * 1024 * 1024, data: 4 * 1024 * 1024 }
    }
}
