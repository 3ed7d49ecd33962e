//! Observations of the server, each made once however many checks need it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::check::{GLANCE, OBSERVATION};
use super::outcome::Outcome;
use super::resume::Resumed;
use super::wire::{Ask, End, Exchange, Live, Watch};
use super::{Length, Options};

/// How many requests are under way at once.
pub(super) const SIDE_BY_SIDE: u32 = 24;

/// How long a stream is read to see what it begins with.
const BRIEFLY: Duration = Duration::from_millis(2500);

/// What there is to observe, and what was observed.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) options: Options,
    exchanges: Memo<Ask, Exchange>,
    watched: Memo<Option<String>, Watched>,
    pub(super) resumed: Memo<Option<String>, Result<Resumed, String>>,
    pub(super) over_http2: Memo<Option<String>, Result<super::http2::Observed, String>>,
    pub(crate) places: Semaphore,
}

/// What is made once for each key, however many ask for it at the same time.
#[derive(Debug)]
pub(super) struct Memo<K, V>(Mutex<HashMap<K, Arc<OnceCell<Arc<V>>>>>);

impl<K: Eq + Hash, V> Memo<K, V> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// What was made for the key; makes it where nobody has.
    pub(super) async fn get(&self, key: K, make: impl Future<Output = V>) -> Arc<V> {
        let cell = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let made = cell.get_or_init(|| async { Arc::new(make.await) });
        Arc::clone(made.await)
    }
}

/// The stream, watched for as long as a probe lasts.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) exchange: Exchange,
    /// When the server was made to emit, and when that was done; from when the request was sent.
    pub(crate) emissions: Vec<(Duration, Duration)>,
    /// Why it could not be made to emit.
    pub(crate) trouble: Option<String>,
}

/// A lab as one check sees it: with the path that the user gave for it.
#[derive(Debug, Clone)]
pub(crate) struct Bench {
    pub(crate) lab: Arc<Lab>,
    /// The path for this check.
    pub(crate) path: Option<String>,
}

impl Lab {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            exchanges: Memo::new(),
            watched: Memo::new(),
            resumed: Memo::new(),
            over_http2: Memo::new(),
            places: Semaphore::new(SIDE_BY_SIDE as usize),
        }
    }

    async fn exchange(&self, ask: Ask) -> Arc<Exchange> {
        let perform = async {
            let _place = self.places.acquire().await;
            self.perform(&ask).await
        };
        self.exchanges.get(ask.clone(), perform).await
    }

    /// Asks, watches, leaves.
    async fn perform(&self, ask: &Ask) -> Exchange {
        let mut live = Live::open(&self.options, ask).await;
        let watch = ask.watch;
        live.until(watch.head, |exchange| exchange.head().is_some()).await;
        if live.exchange.head().is_some() {
            let limit = live.elapsed() + watch.body;
            live.until(limit, |exchange| {
                watch.events > 0 && exchange.dispatched().nth(watch.events - 1).is_some()
            })
            .await;
        }
        live.finish()
    }

    async fn watched(&self, path: Option<String>) -> Arc<Watched> {
        self.watched.get(path.clone(), self.watch(path)).await
    }

    /// Watches the stream to the end of the observation, and makes the server emit meanwhile.
    async fn watch(&self, path: Option<String>) -> Watched {
        let limit = match self.options.length {
            Length::Whole => OBSERVATION,
            Length::Quick => GLANCE,
        };
        let watch = Watch { head: limit, body: limit, events: 0 };
        let mut live = Live::open(&self.options, &self.options.ask(watch).path(path)).await;
        let (mut emissions, mut trouble) = (Vec::new(), None);
        if let Some(emit) = &self.options.emit {
            // Before the server emits it must know of the stream, which the head shows, if it is flushed.
            live.until(EMIT_PAUSE * 2, |exchange| exchange.head().is_some()).await;
            for _ in 0..EMISSIONS {
                let pause = live.elapsed() + EMIT_PAUSE;
                live.until(pause, |_| false).await;
                let before = live.elapsed();
                let emitting = emit.clone().perform(self.options.timeout);
                let emitting = tokio::spawn(async move { (emitting.await, Instant::now()) });
                let seen = live.exchange.events.len();
                live.until(before + EMIT_PAUSE, |exchange| exchange.events.len() > seen).await;
                match emitting.await {
                    Ok((Ok(()), done)) => emissions.push((before, live.at(done))),
                    Ok((Err(why), _)) => trouble = Some(why),
                    Err(_) => trouble = Some("it was given up".into()),
                }
            }
        }
        live.until(limit, |_| false).await;
        Watched { exchange: live.finish(), emissions, trouble }
    }
}

/// How often the server is made to emit, and the time between.
const EMISSIONS: usize = 3;
const EMIT_PAUSE: Duration = Duration::from_millis(500);

impl Bench {
    pub(crate) fn options(&self) -> &Options {
        &self.lab.options
    }

    /// A request for the stream.
    pub(crate) fn ask(&self, watch: Watch) -> Ask {
        self.options().ask(watch)
    }

    /// The answer to a request; equal requests are sent once.
    pub(crate) async fn exchange(&self, ask: Ask) -> Arc<Exchange> {
        let path = ask.path.clone().or_else(|| self.path.clone());
        self.lab.exchange(ask.path(path)).await
    }

    /// The stream, watched for as long as the probe lasts.
    pub(crate) async fn watched(&self) -> Arc<Watched> {
        self.lab.watched(self.path.clone()).await
    }

    /// The places of so many requests, so that a crowd is not added to another.
    pub(crate) async fn places(&self, count: u32) -> Option<SemaphorePermit<'_>> {
        self.lab.places.acquire_many(count.min(SIDE_BY_SIDE)).await.ok()
    }

    /// How a head is waited for, and nothing more.
    pub(crate) fn head_only(&self) -> Watch {
        Watch { head: self.options().timeout, body: Duration::ZERO, events: 0 }
    }

    /// How a stream is read until its first event, or briefly.
    pub(crate) fn briefly(&self) -> Watch {
        Watch { head: self.options().timeout, body: BRIEFLY, events: 1 }
    }

    /// The answer that has the head of the stream.
    ///
    /// # Errors
    /// Where there is none: what the check comes to then.
    pub(crate) async fn opened(&self) -> Result<Arc<Exchange>, Outcome> {
        let first = self.exchange(self.ask(self.head_only())).await;
        if first.head().is_some() {
            return Ok(first);
        }
        // A head that is not flushed comes with the first event.
        if first.end == End::Left && first.http.is_empty() {
            let watched = self.watched().await;
            if watched.exchange.head().is_some() {
                return Ok(Arc::new(watched.exchange.clone()));
            }
        }
        Err(Outcome::NotJudged(format!("the server did not answer: {}", first.instead())))
    }

    /// The same, if it may be that of a stream.
    ///
    /// # Errors
    /// Where it is not: what the check comes to then.
    pub(crate) async fn streaming(&self) -> Result<Arc<Exchange>, Outcome> {
        let opened = self.opened().await?;
        if opened.may_be_stream() {
            return Ok(opened);
        }
        let status = opened.status().unwrap_or_default();
        let essence = opened.essence().unwrap_or_else(|| "no type".into());
        Err(Outcome::NotJudged(format!("the answer is no event stream: status {status}, {essence}")))
    }

    /// The answers to requests that are sent side by side, in their order.
    pub(crate) async fn exchanges(&self, asks: impl IntoIterator<Item = Ask>) -> Vec<Arc<Exchange>> {
        let mut tasks = JoinSet::new();
        for (index, ask) in asks.into_iter().enumerate() {
            let bench = self.clone();
            tasks.spawn(async move { (index, bench.exchange(ask).await) });
        }
        let mut all = tasks.join_all().await;
        all.sort_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, exchange)| exchange).collect()
    }

    /// The stream, watched for as long as the probe lasts, if it is one.
    ///
    /// # Errors
    /// Where it is none: what the check comes to then.
    pub(crate) async fn stream(&self) -> Result<Arc<Watched>, Outcome> {
        let watched = self.watched().await;
        let exchange = &watched.exchange;
        if exchange.head().is_none() {
            return Err(Outcome::NotJudged(format!("the server did not answer: {}", exchange.instead())));
        }
        // What is labelled wrongly may still be a stream.
        if exchange.is_stream() || (exchange.may_be_stream() && exchange.dispatched().next().is_some()) {
            return Ok(watched);
        }
        let what = exchange.essence().unwrap_or_else(|| "no Content-Type".into());
        let status = exchange.status().unwrap_or_default();
        Err(Outcome::NotJudged(format!("the answer is no event stream: status {status}, {what}")))
    }
}
