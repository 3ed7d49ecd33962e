//! The topics of a server by their paths.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::defect::switches::ServerDefects as Defects;
use crate::server::topic::Topic;

/// What the connections of a server share.
#[derive(Debug)]
pub(crate) struct Topics {
    by_path: Mutex<HashMap<String, Arc<Topic>>>,
    closing: watch::Sender<bool>,
    defects: Defects,
}

impl Topics {
    pub(crate) fn new(defects: Defects) -> Arc<Self> {
        Arc::new(Self { by_path: Mutex::default(), closing: watch::Sender::new(false), defects })
    }

    fn by_path(&self) -> MutexGuard<'_, HashMap<String, Arc<Topic>>> {
        self.by_path.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic at this path; the query does not matter.
    pub(crate) fn topic(&self, path: &str) -> Option<Arc<Topic>> {
        let path = path.split('?').next().unwrap_or_default();
        self.by_path().get(path).cloned()
    }

    /// Puts a topic at this path, in place of an earlier one.
    pub(crate) fn add(&self, path: &str, topic: Arc<Topic>) {
        self.by_path().insert(path.to_owned(), topic);
    }

    pub(crate) fn defects(&self) -> &Defects {
        &self.defects
    }

    /// Ends all streams cleanly, and tells the connections that the server is shutting down.
    pub(crate) fn shut_down(&self) {
        for topic in self.by_path().values() {
            topic.shut_down();
        }
        self.closing.send_replace(true);
    }

    /// Waits until the server is shutting down.
    pub(crate) async fn closing(&self) {
        // The sender lives as long as this.
        let _ = self.closing.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}
