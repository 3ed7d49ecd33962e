//! A task that ends with its handle.

use std::time::Duration;

/// A task that ends with its handle.
#[derive(Debug, Default)]
pub(crate) struct Task(Option<tokio::task::JoinHandle<()>>);

impl Task {
    pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Some(tokio::spawn(future)))
    }

    pub(super) async fn end(mut self, grace: Duration) {
        if let Some(mut handle) = self.0.take()
            && tokio::time::timeout(grace, &mut handle).await.is_err()
        {
            handle.abort();
            // Aborted tasks end with an error that says just that.
            let _ = handle.await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(handle) = &self.0 {
            handle.abort();
        }
    }
}
