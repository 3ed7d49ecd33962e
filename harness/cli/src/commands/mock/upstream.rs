//! The server that a mock server forwards to.

use std::path::PathBuf;

use clap::Args;
use ssespec_mock_server::client::{Roots, Trust};
use ssespec_mock_server::forward::Upstream;

use crate::error::CommandError;

/// Forwarding to a real server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forwarding")]
pub(super) struct UpstreamOptions {
    /// Forward `forward` steps, and requests that no route matches, to this server
    #[arg(long, value_name = "URL", conflicts_with = "case")]
    forward: Option<String>,
    /// Trust the certificates in this PEM file instead of the usual authorities
    #[arg(long, value_name = "FILE", requires = "forward", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long, requires = "forward")]
    insecure: bool,
}

impl UpstreamOptions {
    /// The server to forward to, if there is one.
    pub(super) fn upstream(&self) -> Result<Option<Upstream>, CommandError> {
        let Some(url) = &self.forward else { return Ok(None) };
        let upstream = Upstream::new(url)?;
        if !upstream.is_encrypted() {
            return Ok(Some(upstream));
        }
        let roots = match (&self.ca, self.insecure) {
            (Some(file), _) => Roots::File(file.clone()),
            (None, true) => Roots::All,
            (None, false) => Roots::Public,
        };
        Ok(Some(upstream.trusting(Trust::new(&roots)?)))
    }
}
