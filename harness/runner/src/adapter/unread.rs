//! The memory that unread messages of an adapter may take.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::incoming::Incoming;
use super::limits::UNREAD_LIMIT;

/// The memory for unread messages of one adapter: an adapter that writes more waits until they have been read.
#[derive(Debug, Clone)]
pub(crate) struct Unread(Arc<Semaphore>);

impl Unread {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNREAD_LIMIT)))
    }

    /// Takes the share of a message that came in this many bytes; waits until there is room.
    pub(crate) async fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        // Short messages take more memory than bytes.
        let bytes = bytes.saturating_add(size_of::<Incoming>()).min(UNREAD_LIMIT);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.clone().acquire_many_owned(bytes).await.ok()
    }
}
