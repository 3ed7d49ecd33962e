//! How exactly processor time is counted.

/// How exactly the system counts processor time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// In nanoseconds.
    Nanoseconds,
    /// In ticks of 10 ms: some sandboxes have no clock for each process, and this library needs the feature `command`
    /// to read it.
    Ticks,
}
