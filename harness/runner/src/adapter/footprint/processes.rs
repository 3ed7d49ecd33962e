//! Which processes are measured, and how exactly.

/// The processes of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processes {
    /// A process group, by its number.
    Group(u32),
    /// This process, which also runs the harness.
    Own,
    /// Unknown to the harness.
    Unknown,
}

/// How exactly the system counts processor time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// In nanoseconds.
    Nanoseconds,
    /// In ticks of 10 ms: some sandboxes have no clock for each process, and this library needs the feature `command`
    /// to read it.
    Ticks,
}
