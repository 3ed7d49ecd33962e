//! The turn of a session: how many sessions may be busy at the same time is limited, and waiting is not being busy.

use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

/// The turn of a session. It ends when the session waits, so that another can begin.
#[derive(Debug, Default)]
pub struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    idle_after: Duration,
}

impl Turn {
    /// A turn that ends when the session has waited this long without anything coming.
    #[cfg(feature = "command")]
    pub(crate) fn new(permit: OwnedSemaphorePermit, idle_after: Duration) -> Self {
        Self { permit: Some(permit), idle_after }
    }

    /// Waits until the session counts as waiting; never ends if it does already.
    pub(super) async fn ends(&self) {
        match self.permit {
            Some(_) => tokio::time::sleep(self.idle_after).await,
            None => std::future::pending().await,
        }
    }

    /// Ends the turn if the session is about to wait for longer than a busy session does.
    pub(super) fn waits_for(&mut self, time: Duration) {
        if time > self.idle_after {
            self.end();
        }
    }

    /// Ends the turn.
    pub(super) fn end(&mut self) {
        self.permit = None;
    }
}
