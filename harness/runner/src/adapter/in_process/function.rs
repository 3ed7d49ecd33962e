//! An implementation as an async function, whatever its role.

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Display};
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::sync::mpsc;

use crate::adapter::identity::{Identity, ListensWhen};
use crate::adapter::incoming::Incoming;
use crate::adapter::panics;
use crate::adapter::processes::Processes;
use crate::adapter::reach::Reach;
use crate::adapter::running::{Adapter, Orders};
use crate::adapter::stderr::Stderr;
use crate::adapter::task::Task;
use crate::protocol::Order;

/// What a function may return: nothing, or an error. A client's error is reported as the last of its session.
pub trait Outcome: Send + 'static {
    /// The error's message, if there is one.
    fn error(self) -> Option<String>;
}

impl Outcome for () {
    fn error(self) -> Option<String> {
        None
    }
}

impl<T: Send + 'static, E: Display + Send + 'static> Outcome for Result<T, E> {
    fn error(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}

/// What a session's function returns in the end: the message of an error, if there was one.
pub(super) type Returned = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// An implementation as an async function: called once per session with an `S`, done when it returns.
pub struct Function<S> {
    identity: Identity,
    run: Arc<dyn Fn(S) -> Returned + Send + Sync>,
}

impl<S> Clone for Function<S> {
    fn clone(&self) -> Self {
        Self { identity: self.identity.clone(), run: Arc::clone(&self.run) }
    }
}

impl<S> Debug for Function<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl<S> Function<S> {
    /// An implementation with this name and no capabilities yet.
    pub(super) fn new<F, R>(name: &str, function: F) -> Self
    where
        F: Fn(S) -> R + Send + Sync + 'static,
        R: Future<Output: Outcome> + Send + 'static,
    {
        let identity = Identity {
            name: name.into(),
            version: String::new(),
            language: "Rust".into(),
            capabilities: BTreeSet::new(),
            own_events: BTreeSet::new(),
            sessions: NonZeroUsize::MIN,
            listens: ListensWhen::default(),
        };
        let run = Arc::new(move |session| {
            let running = function(session);
            Box::pin(async move { running.await.error() }) as Returned
        });
        Self { identity, run }
    }

    /// The identity.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The identity, to change it.
    pub fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    /// Calls the function for a session.
    pub(super) fn run(&self, session: S) -> Returned {
        (self.run)(session)
    }
}

/// Starts an adapter in this process: `serve` follows its orders and sends what is to be heard.
pub(super) fn start<F>(
    identity: &Identity,
    serve: impl FnOnce(mpsc::UnboundedReceiver<(u64, Order)>, mpsc::UnboundedSender<Incoming>) -> F,
) -> Adapter
where
    F: Future<Output = ()> + Send + 'static,
{
    let (orders, queue) = mpsc::unbounded_channel();
    let (sender, heard) = mpsc::unbounded_channel();
    let stderr = Stderr::default();
    let task = Task::spawn(panics::recorded_in(stderr.clone(), serve(queue, sender)));
    Adapter {
        identity: identity.clone(),
        orders: Orders::Own(orders),
        heard,
        stderr,
        unfinished: Arc::new(AtomicUsize::new(0)),
        processes: Processes::Own,
        // It is part of the test itself.
        reach: Reach::Anywhere,
        task,
    }
}
