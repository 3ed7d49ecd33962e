//! The rules of interpretation, by the names that the suite's requirements have.

mod decoding;
mod dispatch;
mod fields;
mod ids;
mod lines;
mod retry;

use std::time::Duration;

use super::{Interpreter, Resumption, Shown, StreamEnd};
use crate::defect::switches::Defects;
use crate::stream::output::Event;

/// A reconnection time that no stream below sets.
const INITIAL: Duration = Duration::from_millis(987_654);

pub(super) fn resumption(last_event_id: &str) -> Resumption {
    Resumption { reconnection_time: INITIAL, last_event_id: last_event_id.into() }
}

/// What a stream shows, in these pieces.
pub(super) fn interpret<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    resumption: &mut Resumption,
) -> Vec<Shown> {
    interpret_with(Defects::None, pieces, resumption)
}

/// What a stream shows to a client with this defect, in these pieces.
pub(super) fn interpret_with<'a>(
    defects: Defects,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    resumption: &mut Resumption,
) -> Vec<Shown> {
    let (mut interpreter, mut shown) = (Interpreter::new(resumption, &defects), Vec::new());
    for piece in pieces {
        interpreter.feed(piece, resumption, &mut shown);
    }
    interpreter.end(StreamEnd::Clean, resumption, &mut shown);
    shown
}

fn events_after(stream: impl AsRef<[u8]>, last_event_id: &str) -> (Vec<Event>, Resumption) {
    let stream = stream.as_ref();
    let mut after = resumption(last_event_id);
    let shown = interpret([stream], &mut after);
    for size in 1..=4 {
        let mut in_pieces = resumption(last_event_id);
        assert_eq!(interpret(stream.chunks(size), &mut in_pieces), shown, "in pieces of {size}");
        assert_eq!(in_pieces, after, "in pieces of {size}");
    }
    let events = shown.into_iter().filter_map(|shown| match shown {
        Shown::Event(event) => Some(event),
        Shown::Comment(_) => None,
    });
    (events.collect(), after)
}

fn events(stream: impl AsRef<[u8]>) -> Vec<Event> {
    events_after(stream, "").0
}

fn data(stream: impl AsRef<[u8]>) -> Vec<String> {
    events(stream).into_iter().map(|event| event.data).collect()
}

fn kinds(stream: impl AsRef<[u8]>) -> Vec<String> {
    events(stream).into_iter().map(|event| event.kind).collect()
}

fn ids(stream: impl AsRef<[u8]>) -> Vec<String> {
    events(stream).into_iter().map(|event| event.last_event_id.to_string()).collect()
}

fn comments(stream: &str) -> Vec<String> {
    let shown = interpret([stream.as_bytes()], &mut resumption(""));
    let comments = shown.into_iter().filter_map(|shown| match shown {
        Shown::Comment(text) => Some(text),
        Shown::Event(_) => None,
    });
    comments.collect()
}

/// The reconnection time after a stream; `None` where it did not set one.
fn retry(stream: &str) -> Option<u128> {
    let (_, after) = events_after(stream, "");
    (after.reconnection_time != INITIAL).then_some(after.reconnection_time.as_millis())
}

/// The last event ID string after a stream on a source that had one.
fn id_after(stream: impl AsRef<[u8]>, before: &str) -> String {
    events_after(stream, before).1.last_event_id.to_string()
}

const NONE: [&str; 0] = [];
