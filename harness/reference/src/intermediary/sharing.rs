//! What an intermediary with a defect stores and shares: streams by the targets of their requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::intermediary::came::ResponseHead;

/// A stream that others can have.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) head: ResponseHead,
    /// The content so far, and whether it is complete.
    pub(crate) content: watch::Receiver<(Vec<u8>, bool)>,
}

/// The streams by target.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<HashMap<String, Kept>>);

/// Where the content of a stream that is kept goes.
pub(crate) type Keeping = Arc<watch::Sender<(Vec<u8>, bool)>>;

impl Streams {
    /// Keeps a stream whose head has come.
    pub(crate) fn keep(&self, target: &str, head: &ResponseHead) -> Keeping {
        let (sender, content) = watch::channel((Vec::new(), false));
        let kept = Kept { head: head.clone(), content };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(target.to_owned(), kept);
        Arc::new(sender)
    }

    /// The stream of a target, if it is open or complete.
    pub(crate) fn find(&self, target: &str) -> Option<Kept> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(target).cloned()?;
        // Whoever keeps it is gone without its end.
        let is_usable = kept.content.borrow().1 || kept.content.has_changed().is_ok();
        is_usable.then_some(kept)
    }
}
