//! What connects the harness to an implementation, by whatever transport.
//!
//! - [`fault`]: what an adapter can do wrong, and what its author can do about it
//! - [`footprint`]: what an adapter takes from the machine
//! - [`process`]: a child process that speaks JSON Lines
//! - [`in_process`], [`in_process_server`]: an async function of this process
//! - [`page`]: a page in a browser, over a WebSocket
//! - `lines`: reading of lines that may never end
//! - `panics`: where a client of this process that panics is heard

pub mod fault;
pub mod footprint;
pub mod in_process;
pub mod in_process_server;
mod lines;
#[cfg(feature = "page")]
pub mod page;
pub(crate) mod panics;
pub mod process;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use fault::Fault;
use footprint::Processes;
use ssespec_cases::Capability;
use ssespec_reports::results::Role;
use tokio::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::protocol::{Hello, LINE_LIMIT, Order, PROTOCOL, Shown};

/// Who an implementation is, as its adapter said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its language.
    pub language: String,
    /// What its API can reach.
    pub capabilities: BTreeSet<Capability>,
    /// The types of the events that a server sends by itself.
    pub own_events: BTreeSet<String>,
}

impl Identity {
    /// Checks an introduction.
    ///
    /// # Errors
    /// When the adapter speaks another protocol, has another role than this or names an unknown capability.
    pub fn from_hello(hello: Hello, role: Role) -> Result<Self, Fault> {
        if hello.protocol != PROTOCOL {
            return Err(Fault::WrongProtocol { said: hello.protocol });
        }
        if hello.role != role.as_str() {
            return Err(Fault::WrongRole { said: hello.role, wanted: role });
        }
        let mut capabilities = BTreeSet::new();
        for name in &hello.capabilities {
            capabilities.insert(name.parse().map_err(Fault::UnknownCapability)?);
        }
        let own_events = hello.own_events.into_iter().collect();
        Ok(Self {
            name: hello.name,
            version: hello.version,
            language: hello.language,
            capabilities,
            own_events,
        })
    }
}

/// Something an adapter told, or the reason why nothing more will come.
#[derive(Debug)]
pub enum Heard {
    /// What the implementation showed.
    Shown {
        /// The session that it belongs to.
        session: u64,
        /// What was shown.
        shown: Shown,
        /// When it was read.
        at: Instant,
        /// Its share of the memory that unread messages may take; given back when dropped.
        share: Option<OwnedSemaphorePermit>,
    },
    /// The adapter is beyond use. The last thing that is heard.
    Fault(Fault),
}

impl Heard {
    /// The memory that it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Shown { share: Some(share), .. } => share.num_permits(),
            Self::Shown { share: None, .. } | Self::Fault(_) => size_of::<Self>(),
        }
    }
}

/// A running adapter.
#[derive(Debug)]
pub struct Adapter {
    identity: Identity,
    orders: mpsc::UnboundedSender<(u64, Order)>,
    heard: mpsc::UnboundedReceiver<Heard>,
    stderr: Stderr,
    unfinished: Arc<AtomicUsize>,
    processes: Processes,
    task: Task,
}

impl Adapter {
    /// Who the implementation is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Gives an order. An adapter that is gone is noticed by [`Adapter::hear`].
    pub fn order(&self, session: u64, order: Order) {
        // The receiver is gone only with the adapter, whose fault is heard next.
        let _ = self.orders.send((session, order));
    }

    /// Tells the adapter to leave: it gets no more orders.
    pub fn dismiss(&mut self) {
        // What is sent to nobody is dropped.
        (self.orders, _) = mpsc::unbounded_channel();
    }

    /// Waits for what the adapter tells next. Dropping the future loses nothing.
    pub async fn hear(&mut self) -> Heard {
        self.heard.recv().await.unwrap_or(Heard::Fault(Fault::Gone))
    }

    /// Which processes it consists of.
    pub fn processes(&self) -> Processes {
        self.processes
    }

    /// What the adapter has written to stderr lately.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// How many bytes of a line without its end the adapter has written.
    pub fn unfinished_line(&self) -> usize {
        self.unfinished.load(Ordering::Relaxed)
    }

    /// Ends the adapter and all its children at once. It is beyond use then.
    pub async fn kill(&mut self) {
        std::mem::replace(&mut self.task, Task(None)).end(Duration::ZERO).await;
    }

    /// Ends the adapter and all its children: it may leave by itself for this long, then it is killed.
    pub async fn stop(self, grace: Duration) {
        let Self { orders, heard, task, .. } = self;
        drop((orders, heard));
        task.end(grace).await;
    }
}

/// The most memory that unread messages of one adapter may take, in bytes: the longest line, and some beside it.
pub(crate) const UNREAD_LIMIT: usize = LINE_LIMIT + 16 * 1024 * 1024;

/// The memory for unread messages of one adapter: who writes more waits until we have read.
#[derive(Debug, Clone)]
pub(crate) struct Unread(Arc<Semaphore>);

impl Unread {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNREAD_LIMIT)))
    }

    /// Takes the share of a message that came in this many bytes; waits until there is room.
    pub(crate) async fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        // Short messages take more memory than bytes.
        let bytes = bytes.saturating_add(size_of::<Heard>()).min(UNREAD_LIMIT);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.clone().acquire_many_owned(bytes).await.ok()
    }
}

/// A task that ends with its handle.
#[derive(Debug)]
pub(crate) struct Task(Option<tokio::task::JoinHandle<()>>);

impl Task {
    pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Some(tokio::spawn(future)))
    }

    async fn end(mut self, grace: Duration) {
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

/// How much of an adapter's stderr is kept, in bytes.
const STDERR_KEPT: usize = 16 * 1024;

/// The end of what an adapter wrote to stderr.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stderr(Arc<Mutex<Vec<u8>>>);

impl Stderr {
    pub(crate) fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        let over = kept.len().saturating_sub(STDERR_KEPT);
        kept.drain(..over);
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}
