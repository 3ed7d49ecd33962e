//! A client behind a test service of [sse-contract-tests](https://github.com/launchdarkly/sse-contract-tests), whose
//! [HTTP protocol](https://github.com/launchdarkly/sse-contract-tests/blob/v2.3.0/docs/service_spec.md) is spoken unchanged.
//!
//! - [`TestService`]: where it is, and how a run begins to use it
//! - `capabilities`: what the names of its capabilities mean here
//! - `exchange`: one request to it; `stream`: what is asked of a stream that it has created
//! - `callbacks`: what it reports, over HTTP; `callback`: one report; `in_turn`: reports in the order of their numbers
//! - `sessions`: following orders, each session on its own

mod callback;
mod callbacks;
mod capabilities;
mod exchange;
mod in_turn;
mod sessions;
mod stream;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use http::{Method, Uri};
use serde::Deserialize;
use tokio::sync::mpsc;

use self::callbacks::Callbacks;
use self::exchange::{ExchangeError, exchange};
use super::fault::Fault;
use super::identity::{Identity, ListensWhen};
use super::incoming::Incoming;
use super::processes::Processes;
use super::reach::Reach;
use super::running::{Adapter, Orders};
use super::stderr::Stderr;
use super::task::Task;

/// How many sessions run in it at the same time.
const SESSIONS: NonZeroUsize = NonZeroUsize::new(64).expect("more than none");

/// How long to wait until a service that does not answer is asked again: it may be starting.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(50);

/// A test service, which is running or about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestService {
    /// The URL of its status resource, with the scheme `http`.
    url: Uri,
    /// What the client is called.
    name: String,
}

/// Why a URL is not that of a test service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{url:?} is not the URL of a test service; it is like http://127.0.0.1:8000")]
pub struct NotAServiceUrl {
    url: String,
}

/// What `GET /` answers.
#[derive(Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    capabilities: BTreeSet<String>,
}

impl TestService {
    /// The service at this URL. Without a name, the client is called as the service's authority.
    ///
    /// # Errors
    /// If it is not an `http` URL.
    pub fn at(url: &str, name: Option<&str>) -> Result<Self, NotAServiceUrl> {
        let wrong = || NotAServiceUrl { url: url.to_owned() };
        let parsed: Uri = url.parse().map_err(|_| wrong())?;
        let authority =
            parsed.authority().filter(|_| parsed.scheme_str() == Some("http")).ok_or_else(wrong)?;
        let name = name.unwrap_or(authority.as_str()).to_owned();
        Ok(Self { url: parsed, name })
    }

    /// Begins to use the service, once it answers; it has `patience` for that.
    ///
    /// # Errors
    /// If it does not answer, or not as the protocol says.
    pub async fn start(&self, patience: Duration) -> Result<Adapter, (Fault, String)> {
        let said = |fault| (fault, String::new());
        let status = self.status(patience).await.map_err(|error| said(Fault::TestService(error)))?;
        let (tell, heard) = mpsc::unbounded_channel::<Incoming>();
        let callbacks = Callbacks::serve(tell.clone()).await.map_err(|error| {
            said(Fault::TestService(format!("there is no port for its callbacks: {error}")))
        })?;
        let (orders, queue) = mpsc::unbounded_channel();
        let identity = Identity {
            name: self.name.clone(),
            version: String::new(),
            language: String::new(),
            capabilities: capabilities::of(&status.capabilities),
            own_events: BTreeSet::new(),
            sessions: SESSIONS,
            listens: capabilities::listens(&status.capabilities),
        };
        let asks_for_types = identity.listens == ListensWhen::Typed;
        let task =
            Task::spawn(sessions::follow(self.url.clone(), asks_for_types, queue, Arc::new(callbacks), tell));
        Ok(Adapter {
            identity,
            orders: Orders::Own(orders),
            heard,
            stderr: Stderr::default(),
            unfinished: Arc::new(AtomicUsize::new(0)),
            processes: Processes::Unknown,
            reach: Reach::Loopback,
            task,
        })
    }

    /// What it says of itself, once it answers.
    async fn status(&self, patience: Duration) -> Result<Status, String> {
        let until = Instant::now() + patience;
        loop {
            match exchange(&Method::GET, &self.url, &self.url, None).await {
                Ok(answer) if answer.is_success() && answer.content.trim_ascii().is_empty() => {
                    return Ok(Status::default());
                }
                Ok(answer) if answer.is_success() => {
                    let wrong = |error| format!("GET {} answered with no status object: {error}", self.url);
                    return serde_json::from_slice(&answer.content).map_err(wrong);
                }
                Ok(answer) => return Err(format!("GET {} answered with status {}", self.url, answer.status)),
                Err(ExchangeError::Unreachable(_) | ExchangeError::Slow) if Instant::now() < until => {
                    tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                }
                Err(error) => return Err(format!("GET {}: {error}", self.url)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
