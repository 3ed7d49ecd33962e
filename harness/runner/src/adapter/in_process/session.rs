//! A session while its function runs.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::function::Returned;
use crate::adapter::fault::Fault;
use crate::adapter::incoming::Incoming;
use crate::adapter::panics;
use crate::protocol::Observation;

/// The task of a session's function, which ends with this handle.
pub(super) struct SessionTask(JoinHandle<Option<String>>);

impl SessionTask {
    /// Runs a session's function.
    pub(super) fn spawn(run: Returned) -> Self {
        Self(tokio::spawn(panics::passed_on(run)))
    }

    /// Waits until the function has returned; gives its error's message.
    ///
    /// # Errors
    /// The function panicked.
    pub(super) async fn returned(&mut self) -> Result<Option<String>, Fault> {
        match (&mut self.0).await {
            Ok(error) => Ok(error),
            Err(error) if error.is_panic() => {
                let payload = error.into_panic();
                let message = payload.downcast_ref::<&str>().map(|message| (*message).to_owned());
                let message = message.or_else(|| payload.downcast_ref::<String>().cloned());
                Err(Fault::Panicked(message.unwrap_or_default()))
            }
            // It was aborted.
            Err(_) => Ok(None),
        }
    }

    /// Drops the function's future and waits until it is gone.
    pub(super) async fn abort(&mut self) {
        self.0.abort();
        // An aborted task ends with an error that says just that.
        let _ = (&mut self.0).await;
    }
}

impl Drop for SessionTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Where a session reports.
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    session: u64,
    heard: mpsc::UnboundedSender<Incoming>,
}

impl Reporter {
    pub(super) fn new(session: u64, heard: &mpsc::UnboundedSender<Incoming>) -> Self {
        Self { session, heard: heard.clone() }
    }

    pub(super) fn report(&self, shown: Observation) {
        let heard = Incoming::Observation { session: self.session, shown, at: Instant::now(), share: None };
        // Nobody listens after the end of a run.
        let _ = self.heard.send(heard);
    }
}
