//! What was seen of the stream altogether, in words.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::describe::counted;
use crate::wire::exchange::{End, Exchange};

/// The responses to plain requests that were read beyond their head.
#[derive(Debug, Default)]
struct Log {
    /// How many there were.
    streams: usize,
    /// How many the server ended.
    ended: usize,
    /// The longest time after which the server ended one.
    longest: Duration,
    /// The most events of one that ended.
    events: usize,
    /// The stream that was observed the longest, in words.
    longest_observed: Option<(Duration, String)>,
    /// Whether any of the responses had an event.
    has_events: bool,
    /// What came instead of a stream, in words.
    other: Option<String>,
}

/// What was seen of the stream altogether.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Log>);

impl Seen {
    /// Notes the response to a plain request.
    pub(crate) fn note(&self, exchange: &Exchange) {
        // What a client that resumes gets says nothing about other streams.
        if exchange.request.headers.iter().any(|(name, _)| name == "last-event-id") {
            return;
        }
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !exchange.may_be_stream() {
            let what = match exchange.head() {
                Some(_) => "the response is not an event stream",
                None => "there was no stream",
            };
            log.other = Some(format!("{what}: {}", exchange.summary()));
            return;
        }
        log.has_events |= exchange.dispatched().next().is_some();
        let is_ended = exchange.end != End::StillOpen && exchange.end != End::LimitReached;
        let limits = exchange.request.limits;
        if (limits.body.is_zero() || limits.events.is_some()) && !is_ended {
            return;
        }
        let events = exchange.event_count();
        log.streams += 1;
        if is_ended {
            log.ended += 1;
            log.longest = log.longest.max(exchange.duration);
            log.events = log.events.max(events);
        }
        if log.longest_observed.as_ref().is_none_or(|(longest, _)| *longest < exchange.duration) {
            let text = format!(
                "one stream was observed for {}: {}, {}, {}",
                time(exchange.duration),
                counted(events, "event"),
                counted(exchange.comments.len(), "comment"),
                counted(usize::try_from(exchange.content_length).unwrap_or(usize::MAX), "byte")
            );
            log.longest_observed = Some((exchange.duration, text));
        }
    }

    /// Whether any of the streams had an event.
    pub(crate) fn has_events(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).has_events
    }

    /// What was seen, in words.
    pub(crate) fn describe(&self) -> String {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if log.streams > 0 && log.ended == log.streams {
            let events = match log.events {
                0 => "without an event".into(),
                count => format!("with at most {}", counted(count, "event")),
            };
            return format!("every stream ended within {}, {events}", time(log.longest));
        }
        match (&log.longest_observed, &log.other) {
            (Some((_, text)), _) => text.clone(),
            (None, Some(other)) => other.clone(),
            (None, None) => "no stream was observed".into(),
        }
    }

    /// Whether the server ended every stream, and none of them had an event.
    pub(crate) fn are_all_empty(&self) -> bool {
        self.all_ended() && !self.has_events()
    }

    /// Whether the server ended every stream.
    pub(crate) fn all_ended(&self) -> bool {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.streams > 0 && log.ended == log.streams
    }
}

/// A time that is short or long; a short one is rounded up.
fn time(time: Duration) -> String {
    let ms = time.as_millis();
    if ms < 1000 { format!("{} ms", (ms / 10 + 1) * 10) } else { format!("{:.1} s", time.as_secs_f64()) }
}
