//! How an adapter is started.

use std::time::Duration;

use ssespec_reports::results::Transport;

use crate::adapter::in_process::Client;
use crate::adapter::process::Command;
use crate::adapter::{Adapter, Fault};

/// How an adapter is started, as often as needed.
#[derive(Debug, Clone)]
pub enum Launch {
    /// As a child process.
    Process(Command),
    /// As a function of this process.
    InProcess(Client),
}

/// How long a process may take until its hello: runtimes start slowly on a busy machine.
const HELLO_PATIENCE: Duration = Duration::from_secs(20);

impl Launch {
    /// Starts an adapter.
    ///
    /// # Errors
    /// When it cannot be started or introduces itself wrongly; with the end of its stderr.
    pub async fn start(&self) -> Result<Adapter, (Fault, String)> {
        match self {
            Self::Process(command) => command.start(HELLO_PATIENCE).await,
            Self::InProcess(client) => Ok(client.start()),
        }
    }

    pub(super) fn transport(&self) -> Transport {
        match self {
            Self::Process(_) => Transport::Process,
            Self::InProcess(_) => Transport::InProcess,
        }
    }

    /// Whether something of a session can outlive it: the future of a function that returned cannot.
    pub(super) fn outlives_its_sessions(&self) -> bool {
        matches!(self, Self::Process(_))
    }
}
