//! Values that are computed once per key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

/// Values that are computed once per key, no matter how many tasks ask for them at the same time.
#[derive(Debug)]
pub(crate) struct OncePerKey<K, V>(Mutex<HashMap<K, Arc<OnceCell<Arc<V>>>>>);

impl<K, V> Default for OncePerKey<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash, V> OncePerKey<K, V> {
    /// The value for the key. `compute` runs only if no other task has computed it.
    pub(crate) async fn get(&self, key: K, compute: impl Future<Output = V>) -> Arc<V> {
        let cell = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let value = cell.get_or_init(|| async { Arc::new(compute.await) });
        Arc::clone(value.await)
    }

    /// Sets the value for the key, unless it was computed already.
    pub(crate) async fn set(&self, key: K, value: Arc<V>) {
        let cell = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        cell.get_or_init(|| async { value }).await;
    }
}
