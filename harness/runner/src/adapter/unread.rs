//! The memory that unread messages of an adapter may take.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::incoming::Incoming;
use super::limits::UNREAD_LIMIT;

/// What a message that came in this many bytes takes: short ones take more memory than bytes.
fn permits(bytes: usize) -> u32 {
    let bytes = bytes.saturating_add(size_of::<Incoming>()).min(UNREAD_LIMIT);
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The memory for unread messages of one adapter: an adapter that writes more waits until they have been read.
#[derive(Debug, Clone)]
pub(crate) struct Unread(Arc<Semaphore>);

impl Unread {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNREAD_LIMIT)))
    }

    /// Takes the share of a message that came in this many bytes; waits until there is room.
    pub(crate) async fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        self.0.clone().acquire_many_owned(permits(bytes)).await.ok()
    }

    /// The share of a message that turned out to have only this many bytes.
    pub(crate) fn reduced(mut share: OwnedSemaphorePermit, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let needed = usize::try_from(permits(bytes)).unwrap_or(usize::MAX).min(share.num_permits());
        share.split(needed)
    }
}
