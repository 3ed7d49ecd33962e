//! When the heads of all responses to plain requests came.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::wire::exchange::{End, Exchange};

/// A head that takes longer is late.
pub(crate) const PROMPT: Duration = Duration::from_secs(1);

/// Bytes that come within this time were sent together.
pub(crate) const TOGETHER: Duration = Duration::from_millis(60);

/// Bytes that come after this time were sent separately.
pub(crate) const PAUSE: Duration = Duration::from_millis(700);

/// The times of the responses so far.
#[derive(Debug, Default)]
struct Log {
    /// How long each took. A response that did not come counts with the time that was waited for it.
    times: Vec<Duration>,
    /// The slowest response that has a head.
    slowest: Option<Arc<Exchange>>,
    /// A head came clearly before content that followed.
    was_before_content: bool,
    /// How many heads came immediately, with content other than events: the server greets each client.
    greetings: usize,
}

impl Log {
    /// Whether heads do not wait for events: one came clearly before content, or most came with a greeting.
    fn shows_flushed_heads(&self) -> bool {
        self.was_before_content || (self.greetings >= 2 && self.greetings * 2 >= self.times.len())
    }
}

/// When the heads of all responses to plain requests came.
#[derive(Debug, Default)]
pub(crate) struct Heads(Mutex<Log>);

impl Heads {
    /// Notes the response to a plain request.
    pub(crate) fn note(&self, exchange: &Exchange) {
        let time = match exchange.head() {
            Some(head) if exchange.may_be_stream() => exchange.earliest_arrival(head.at),
            None if exchange.end == End::StillOpen && exchange.raw_length == 0 => exchange.duration,
            _ => return,
        };
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.was_before_content |= comes_before_content(exchange);
        log.greetings += usize::from(comes_with_greeting(exchange));
        let is_slowest =
            log.slowest.as_ref().is_none_or(|slowest| slowest.head_time() < exchange.head_time());
        if exchange.head().is_some() && is_slowest {
            log.slowest = Some(Arc::new(exchange.clone()));
        }
        log.times.push(time);
    }

    /// How long the slowest response took.
    pub(crate) fn slowest(&self) -> Duration {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.times.iter().max().copied().unwrap_or_default()
    }

    /// Whether heads seem to come with the first event: some were late, and none came clearly before an event.
    pub(crate) fn come_with_events(&self) -> bool {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !log.shows_flushed_heads() && log.times.iter().any(|time| *time > PROMPT)
    }

    /// The slowest of the responses, if many of them were late and their heads come with the first event.
    pub(crate) fn late(&self) -> Option<Arc<Exchange>> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = log.times.iter().filter(|time| **time > PROMPT).count();
        let slowest = log.slowest.clone()?;
        (!log.shows_flushed_heads()
            && late >= 2
            && late * 4 >= log.times.len()
            && slowest.head_time() > PROMPT)
            .then_some(slowest)
    }
}

/// Whether content came clearly after the head, so that the head did not wait for it.
fn comes_before_content(exchange: &Exchange) -> bool {
    let Some(head) = exchange.head() else { return false };
    let first = exchange.reads.iter().find(|read| read.content > 0);
    let until = first.map_or(exchange.duration, |read| exchange.earliest_arrival(read.at));
    until > head.at + TOGETHER * 2
}

/// The head of a response that waits for an event comes as fast as this only rarely.
const IMMEDIATE: Duration = Duration::from_millis(250);

/// Whether the head came immediately, together with content other than events, such as a comment.
fn comes_with_greeting(exchange: &Exchange) -> bool {
    let Some(head) = exchange.head() else { return false };
    let until = head.at + TOGETHER * 2;
    let has_content = exchange.reads.iter().any(|read| read.content > 0 && read.at <= until);
    let has_event = exchange.dispatched().any(|event| event.block.at <= until);
    exchange.head_time() <= IMMEDIATE && has_content && !has_event
}
