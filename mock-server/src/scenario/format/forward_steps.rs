//! Whether a scenario may forward.

/// Whether `forward` steps are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardSteps {
    /// There is, or will be, a server to forward to.
    Allowed,
    /// There is none: each is a mistake.
    Refused,
}
