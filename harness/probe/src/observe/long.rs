//! The stream, observed for the whole probe.

use std::time::Duration;

use tokio::time::Instant;

use crate::emit::EmitError;
use crate::options::Options;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How often the server is made to emit.
const EMISSIONS: usize = 3;

/// The time between two emissions.
const PAUSE: Duration = Duration::from_millis(500);

/// The stream, observed for the whole probe.
#[derive(Debug)]
pub(crate) struct LongObservation {
    pub(crate) exchange: Exchange,
    pub(crate) emissions: Vec<Emission>,
    /// Why the server could not be made to emit.
    pub(crate) emit_error: Option<EmitError>,
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
pub(crate) async fn observe(options: &Options, path: Option<String>) -> LongObservation {
    let limit = options.observation();
    let limits = ReadLimits { head: limit, body: limit, events: None };
    let mut ongoing = OngoingExchange::open(options, &options.request(limits).path(path)).await;
    let (mut emissions, mut emit_error) = (Vec::new(), None);
    if let Some(trigger) = &options.emit {
        // The server must know the stream before it emits. A head that is flushed shows that it does.
        ongoing.read_until(PAUSE * 2, |exchange| exchange.head().is_some()).await;
        for _ in 0..EMISSIONS {
            let pause_end = ongoing.elapsed() + PAUSE;
            ongoing.read_until(pause_end, |_| false).await;
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
    ongoing.read_until(limit, |_| false).await;
    LongObservation { exchange: ongoing.finish(), emissions, emit_error }
}
