//! Which processes an adapter consists of.

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
