//! All observations of the server, and a check's view of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::http2::observation::{self as http2, Http2Observation};
use crate::http2::session::NoHttp2;
use crate::observe::capacity::{self, Capacity};
use crate::observe::heads::Heads;
use crate::observe::long::{self, LongObservation};
use crate::observe::once::OncePerKey;
use crate::observe::places::{Places, Reservation};
use crate::observe::resumption::{self, NoResumption, RESUMPTION, Resumption};
use crate::observe::seen::Seen;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::wire::exchange::{End, Exchange};
use crate::wire::request::{ReadLimits, Request};

/// How many streams are opened over HTTP/2.
const HTTP2: u32 = 3;

/// How long to read a stream until its first event.
const FIRST_EVENT: Duration = Duration::from_millis(2500);

/// All observations of one server.
#[derive(Debug)]
struct Observations {
    options: Options,
    exchanges: OncePerKey<Request, Exchange>,
    long: OncePerKey<Option<String>, LongObservation>,
    resumptions: OncePerKey<Option<String>, Result<Resumption, NoResumption>>,
    http2: OncePerKey<Option<String>, Result<Http2Observation, NoHttp2>>,
    capacity: OncePerKey<Option<String>, Capacity>,
    /// The streams that may be open at the same time.
    places: Places,
    /// When response heads came.
    heads: Heads,
    /// What was seen of the stream.
    seen: Seen,
}

/// A check's view of the server: observations, on the path that the user gave for this check.
#[derive(Debug, Clone)]
pub(crate) struct CheckContext {
    observations: Arc<Observations>,
    /// The path for this check, if it is not that of the stream.
    pub(crate) path: Option<String>,
    /// Whether no other check runs.
    pub(crate) is_alone: bool,
}

impl CheckContext {
    /// A context without observations.
    pub(crate) fn new(options: Options, path: Option<String>, places: Places) -> Self {
        let observations = Observations {
            options,
            exchanges: OncePerKey::default(),
            long: OncePerKey::default(),
            resumptions: OncePerKey::default(),
            http2: OncePerKey::default(),
            capacity: OncePerKey::default(),
            places,
            heads: Heads::default(),
            seen: Seen::default(),
        };
        Self { observations: Arc::new(observations), path, is_alone: false }
    }

    /// The same context, of a check that runs alone.
    pub(crate) fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    /// A context for another path that shares the observations.
    pub(crate) fn for_path(&self, path: Option<String>) -> Self {
        Self { observations: Arc::clone(&self.observations), path, is_alone: self.is_alone }
    }

    /// How the server is probed.
    pub(crate) fn options(&self) -> &Options {
        &self.observations.options
    }

    /// The path and query of this check's requests.
    pub(crate) fn target_path(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.options().target.path)
    }

    /// A request that opens the stream.
    pub(crate) fn request(&self, limits: ReadLimits) -> Request {
        self.options().request(limits)
    }

    /// Read the response head only.
    pub(crate) fn until_head(&self) -> ReadLimits {
        self.for_up_to(Duration::ZERO)
    }

    /// Read until the first event, for a short time.
    pub(crate) fn until_first_event(&self) -> ReadLimits {
        ReadLimits { events: Some(1), ..self.for_up_to(FIRST_EVENT) }
    }

    /// Read the content for this long.
    pub(crate) fn for_up_to(&self, body: Duration) -> ReadLimits {
        ReadLimits { head: self.options().timeout, body, events: None }
    }

    /// Sends a request and reads the response. Equal requests are sent once.
    pub(crate) async fn send(&self, request: Request) -> Arc<Exchange> {
        let path = request.path.clone().or_else(|| self.path.clone());
        let request = request.path(path);
        let exchange = async {
            let place = self.reserve(1).await;
            let exchange = exchange(self.options(), &request, self.places()).await;
            if exchange.end != End::StillOpen {
                place.free();
            }
            self.note_head(&request, &exchange);
            exchange
        };
        self.observations.exchanges.get(request.clone(), exchange).await
    }

    /// Sends requests concurrently. The responses are in the order of the requests.
    pub(crate) async fn send_all(&self, requests: impl IntoIterator<Item = Request>) -> Vec<Arc<Exchange>> {
        let mut tasks = JoinSet::new();
        for (index, request) in requests.into_iter().enumerate() {
            let context = self.clone();
            tasks.spawn(async move { (index, context.send(request).await) });
        }
        let mut all = tasks.join_all().await;
        all.sort_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, exchange)| exchange).collect()
    }

    /// Waits until this many streams may be opened outside of [`Self::send`]. Those of other checks wait meanwhile.
    pub(crate) async fn reserve(&self, count: u32) -> Reservation {
        self.observations.places.reserve(count).await
    }

    /// The streams that may be open at the same time.
    pub(crate) fn places(&self) -> &Places {
        &self.observations.places
    }

    /// When the heads of responses to plain requests came so far.
    pub(crate) fn heads(&self) -> &Heads {
        &self.observations.heads
    }

    /// Notes when the head of a response to a request like a plain one came.
    fn note_head(&self, request: &Request, exchange: &Exchange) {
        if request.method == self.options().method() && request.path.is_none() {
            self.observations.heads.note(exchange);
            self.observations.seen.note(exchange);
        }
    }

    /// What was seen of the stream so far.
    pub(crate) fn seen(&self) -> &Seen {
        &self.observations.seen
    }

    /// How many streams the server serves at the same time.
    pub(crate) async fn capacity(&self) -> Arc<Capacity> {
        let path = self.path.clone();
        let measure = async {
            let _all = self.reserve(self.places().total()).await;
            capacity::measure(self.options(), path.clone()).await
        };
        self.observations.capacity.get(path.clone(), measure).await
    }

    /// Takes the capacity that a survey of the server found.
    pub(crate) async fn know(&self, capacity: Arc<Capacity>) {
        self.observations.heads.note(&capacity.single);
        self.observations.seen.note(&capacity.single);
        self.observations.capacity.set(None, capacity).await;
    }

    /// The stream, observed for the whole probe. The response need not be an event stream.
    pub(crate) async fn long_observation(&self) -> Arc<LongObservation> {
        let path = self.path.clone();
        let observe = async {
            let (_lasts, place) = self.places().reserve_lasting().await;
            let observation = long::observe(self.options(), path.clone(), self.places()).await;
            if observation.exchange.end != End::StillOpen {
                place.free();
            }
            self.note_head(&observation.exchange.request, &observation.exchange);
            observation
        };
        self.observations.long.get(path.clone(), observe).await
    }

    /// The stream, observed for the whole probe.
    ///
    /// # Errors
    /// If the response is not an event stream: the outcome of the check.
    pub(crate) async fn observed_stream(&self) -> Result<Arc<LongObservation>, Outcome> {
        let observation = self.long_observation().await;
        let exchange = &observation.exchange;
        if exchange.head().is_none() {
            return Err(not_answered(exchange));
        }
        // A stream with the wrong media type may still be a stream.
        if exchange.is_stream() || (exchange.may_be_stream() && exchange.dispatched().next().is_some()) {
            return Ok(observation);
        }
        Err(not_a_stream(exchange))
    }

    /// The response to a plain request, with its head.
    ///
    /// # Errors
    /// If there is no response head: the outcome of the check.
    pub(crate) async fn response(&self) -> Result<Arc<Exchange>, Outcome> {
        let first = self.send(self.request(self.until_head())).await;
        if self.places().refuse(&first) {
            let status = first.status().unwrap_or_default();
            return Err(Outcome::NotJudged(format!(
                "the server limits requests: a plain request got status {status}"
            )));
        }
        if first.head().is_some() {
            return Ok(first);
        }
        // A head that is not flushed comes with the first event.
        if first.end == End::StillOpen && first.http_findings.is_empty() {
            let observation = self.long_observation().await;
            if observation.exchange.head().is_some() {
                return Ok(Arc::new(observation.exchange.clone()));
            }
        }
        Err(not_answered(&first))
    }

    /// The response to a plain request, if it may be an event stream.
    ///
    /// # Errors
    /// If it is not: the outcome of the check.
    pub(crate) async fn stream_response(&self) -> Result<Arc<Exchange>, Outcome> {
        let response = self.response().await?;
        if response.may_be_stream() { Ok(response) } else { Err(not_a_stream(&response)) }
    }

    /// The response to a plain request, if it may be an event stream and its head came in time: other requests can be
    /// compared with it without waiting longer than the timeout.
    ///
    /// # Errors
    /// If it is not, or the head came late: the outcome of the check.
    pub(crate) async fn prompt_stream_response(&self) -> Result<Arc<Exchange>, Outcome> {
        let response = self.stream_response().await?;
        if response.head().is_some_and(|head| head.at > self.options().timeout) {
            return Err(Outcome::NotJudged("the response head comes too late to compare responses".into()));
        }
        Ok(response)
    }

    /// The stream, closed and resumed.
    ///
    /// # Errors
    /// If the response is not an event stream: the outcome of the check.
    pub(crate) async fn resumption(&self) -> Result<Arc<Result<Resumption, NoResumption>>, Outcome> {
        self.stream_response().await?;
        let path = self.path.clone();
        let observe = async {
            let _places = self.reserve(RESUMPTION).await;
            resumption::observe(self.options(), path.clone(), self.places()).await
        };
        Ok(self.observations.resumptions.get(path.clone(), observe).await)
    }

    /// The stream over HTTP/2.
    ///
    /// # Errors
    /// If there is no response over HTTP/1.1: the outcome of the check.
    pub(crate) async fn http2(&self) -> Result<Arc<Result<Http2Observation, NoHttp2>>, Outcome> {
        self.response().await?;
        let observe = async {
            let _places = self.reserve(HTTP2).await;
            http2::observe(self.options(), self.target_path()).await
        };
        Ok(self.observations.http2.get(self.path.clone(), observe).await)
    }
}

/// Sends a request and reads the response up to its limits.
async fn exchange(options: &Options, request: &Request, places: &Places) -> Exchange {
    let mut ongoing = places.open(options, request).await;
    let limits = request.limits;
    ongoing.read_head(limits.head).await;
    if ongoing.exchange.head().is_some() {
        let limit = ongoing.elapsed() + limits.body;
        let is_enough = |exchange: &Exchange| {
            limits.events.is_some_and(|events| exchange.dispatched().take(events).count() == events)
        };
        ongoing.read_until(limit, is_enough).await;
    }
    ongoing.finish()
}

fn not_answered(exchange: &Exchange) -> Outcome {
    Outcome::NotJudged(format!("the server did not respond: {}", exchange.summary()))
}

fn not_a_stream(exchange: &Exchange) -> Outcome {
    let status = exchange.status().unwrap_or_default();
    let essence = exchange.essence().unwrap_or_else(|| "no Content-Type".into());
    Outcome::NotJudged(format!("the response is not an event stream: status {status}, {essence}"))
}
