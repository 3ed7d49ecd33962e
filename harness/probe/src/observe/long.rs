//! The stream, observed for the whole probe, and late in it a second one.

use std::time::Duration;

use tokio::time::Instant;

use crate::emit::EmitError;
use crate::observe::places::Places;
use crate::observe::replay::REPLAYED;
use crate::options::Options;
use crate::wire::exchange::{End, Exchange};
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::{ReadLimits, Request};

/// How often the server is made to emit.
const EMISSIONS: usize = 3;

/// The time between two emissions.
const PAUSE: Duration = Duration::from_millis(500);

/// When the second stream is opened: servers with a write timeout often use 30 s.
const LATE: Duration = Duration::from_millis(31_000);

/// How long an idle stream is silent before it is made to emit again: proxies close streams that are silent for 30 s.
const SILENT: Duration = Duration::from_millis(30_200);

/// How long the second stream is observed.
const LATE_OBSERVATION: Duration = Duration::from_millis(3500);

/// The stream, observed for the whole probe.
#[derive(Debug)]
pub(crate) struct LongObservation {
    pub(crate) exchange: Exchange,
    pub(crate) emissions: Vec<Emission>,
    /// Why the server could not be made to emit.
    pub(crate) emit_error: Option<EmitError>,
    /// The second stream; `None` if the observation is too short for it, or the server serves only one at a time.
    pub(crate) late: Option<LateStream>,
}

/// A stream that was opened late in the observation of the first.
#[derive(Debug)]
pub(crate) struct LateStream {
    /// When it was opened, counted from when the first was requested.
    pub(crate) opened: Duration,
    /// When the server was made to emit: the start of the trigger, counted from when this stream was requested, as the times of its
    /// events are. The event may come before the trigger is done.
    pub(crate) emitted: Option<Duration>,
    pub(crate) exchange: Exchange,
}

/// One time that the server was made to emit. Times count from when the request was sent.
#[derive(Debug)]
pub(crate) struct Emission {
    /// When the trigger started.
    pub(crate) started: Duration,
    /// When the trigger was done.
    pub(crate) done: Duration,
}

/// Opens the stream, reads it until the observation ends, and makes the server emit meanwhile.
pub(crate) async fn observe(options: &Options, path: Option<String>, places: &Places) -> LongObservation {
    let mut limit = options.observation();
    let limits = ReadLimits { head: limit, body: limit, events: None };
    let request = options.request(limits).path(path);
    let mut ongoing = places.open(options, &request).await;
    let (mut emissions, mut emit_error) = (Vec::new(), None);
    if let Some(trigger) = &options.emit {
        // The server must know the stream before it emits. A head that is flushed shows that it does.
        ongoing.read_head(PAUSE * 2).await;
        for _ in 0..EMISSIONS {
            ongoing.read_for(PAUSE).await;
            let started = ongoing.elapsed();
            let emitting = trigger.clone().emit(options.timeout);
            let emitting = tokio::spawn(async move { (emitting.await, Instant::now()) });
            let seen = ongoing.exchange.events.len();
            ongoing.read_until(started + PAUSE, |exchange| exchange.events.len() > seen).await;
            match emitting.await {
                Ok((Ok(()), done)) => emissions.push(Emission { started, done: ongoing.time_of(done) }),
                Ok((Err(error), _)) => emit_error = Some(error),
                Err(_) => emit_error = Some(EmitError::Aborted),
            }
        }
    }
    let mut late = None;
    if limit >= LATE + LATE_OBSERVATION && places.total() > 1 {
        ongoing.read_until(LATE, |_| false).await;
        if options.emit.is_some() {
            limit += until_silent(&mut ongoing).await;
        }
        if ongoing.exchange.end == End::StillOpen {
            let opened = ongoing.elapsed();
            let reading = ongoing.read_until(opened + LATE_OBSERVATION, |_| false);
            let (stream, ()) = tokio::join!(late_stream(options, request, places, opened), reading);
            late = Some(stream);
        }
    }
    ongoing.read_until(limit, |_| false).await;
    LongObservation { exchange: ongoing.finish(), emissions, emit_error, late }
}

/// Reads on if the stream has been silent for nearly long enough. Returns for how long.
async fn until_silent(ongoing: &mut OngoingExchange) -> Duration {
    let began = ongoing.elapsed();
    let last = ongoing.exchange.reads.last().map_or(Duration::ZERO, |read| read.at);
    let moment = last + SILENT;
    if moment <= began + LATE_OBSERVATION {
        ongoing.read_until(moment, |exchange| exchange.reads.last().is_some_and(|read| read.at > last)).await;
    }
    ongoing.elapsed().saturating_sub(began)
}

/// Opens the second stream at this time, makes the server emit, and reads.
async fn late_stream(options: &Options, request: Request, places: &Places, now: Duration) -> LateStream {
    let began = Instant::now();
    let _place = places.reserve_first().await;
    let opened = now + began.elapsed();
    let mut ongoing = places.open(options, &request).await;
    ongoing.read_head(PAUSE * 2).await;
    let mut emitted = None;
    if let Some(trigger) = &options.emit {
        // What comes until then is a replay.
        ongoing.read_for(REPLAYED).await;
        let started = ongoing.elapsed();
        emitted = trigger.clone().emit(options.timeout).await.is_ok().then_some(started);
    }
    ongoing.read_until(LATE_OBSERVATION, |_| false).await;
    LateStream { opened, emitted, exchange: ongoing.finish() }
}
