//! Exit statuses.

use std::process::ExitCode;

/// How a command ended. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// As expected.
    Success,
    /// The implementation does not conform, or a comparison found something broken.
    NotConforming,
    /// The implementation could not be run.
    NotRun,
    /// Wrong usage, an invalid file, or an empty selection.
    Usage,
    /// A signal ended the run.
    Interrupted,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Success => 0,
            Status::NotConforming => 1,
            Status::Usage => 2,
            Status::NotRun => 3,
            Status::Interrupted => 130,
        })
    }
}
