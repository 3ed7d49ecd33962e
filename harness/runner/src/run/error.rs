//! Why a run could not begin.

use std::net::IpAddr;

use ssespec_cases::Capability;
use ssespec_reports::results::Protocol;

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
    /// A protocol is selected that the implementation does not speak.
    #[error("{name} does not speak {protocol}: its adapter does not name {}", words(.lacking))]
    NotSpoken {
        /// The implementation.
        name: String,
        /// The protocol.
        protocol: Protocol,
        /// The capabilities that it would need.
        lacking: Vec<Capability>,
    },
    /// Browsers speak HTTP/2 over TLS only.
    #[error("browsers do not speak {0}: add --tls")]
    NotForPages(Protocol),
    /// No case is selected.
    #[error("no case is selected: {0}")]
    NothingSelected(String),
}

fn words(capabilities: &[Capability]) -> String {
    let words: Vec<String> =
        capabilities.iter().map(|capability| format!("the capability `{capability}`")).collect();
    words.join(" and ")
}
