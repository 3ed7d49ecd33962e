//! Why a run could not begin.

use std::net::IpAddr;

use crate::adapter::fault::Fault;

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The adapter is unusable.
    #[error("{fault}")]
    Adapter {
        /// The fault.
        fault: Box<Fault>,
        /// The end of its stderr.
        stderr: String,
    },
    /// The intermediary does not forward to the harness.
    #[cfg(feature = "intermediary")]
    #[error(transparent)]
    Intermediary(#[from] crate::session::intermediary::preflight::PreflightError),
    /// Binding failed.
    #[error("no listener on {address}: {problem}")]
    Listen {
        /// The address.
        address: IpAddr,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// No case is selected.
    #[error("no case is selected: {0}")]
    NothingSelected(String),
}
