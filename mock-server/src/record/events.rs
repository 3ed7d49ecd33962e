//! The events in a recorded body, as a client dispatches them. See
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.

use std::time::Duration;

use crate::stream::{Ended, lines};

/// What a client makes of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Events {
    /// The events that it dispatches, with the number of bytes up to the end of each.
    pub(super) dispatched: Vec<Event>,
    /// The last event ID at the end; `None` if no block had one.
    pub(super) last_event_id: Option<String>,
    /// The reconnection time, if one was set.
    pub(super) retry: Option<Duration>,
}

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) data: String,
    /// The number of bytes of the body up to the end of its block.
    pub(super) end: usize,
}

/// Interprets a body.
pub(super) fn read_events(body: &[u8]) -> Events {
    let mut events = Events::default();
    let mut event = Event::default();
    let mut has_data = false;
    let mut id = None;
    let bom = b"\xef\xbb\xbf";
    let (text, mut at) = match body.strip_prefix(bom) {
        Some(rest) => (rest, bom.len()),
        None => (body, 0),
    };
    for (line, ended) in lines(text) {
        if ended == Ended::No {
            break;
        }
        at += line.len();
        at += if body[at..].starts_with(b"\r\n") { 2 } else { 1 };
        if line.is_empty() {
            let mut done = std::mem::take(&mut event);
            if std::mem::take(&mut has_data) {
                done.end = at;
                events.dispatched.push(done);
            }
            events.last_event_id.clone_from(&id);
            continue;
        }
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if std::mem::replace(&mut has_data, true) {
                    event.data.push('\n');
                }
                event.data.push_str(value);
            }
            "event" => value.clone_into(&mut event.kind),
            "id" if !value.contains('\0') => id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                events.retry = value.parse().ok().map(Duration::from_millis);
            }
            _ => {}
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_dispatched_at_blank_lines() {
        let events = read_events(
            b"\xef\xbb\xbfid: 1\r\ndata: a\r\ndata: b\r\n\r\nid: 2\nevent: e\ndata\n\nid: 3\ndata: c\n",
        );
        let event = |kind: &str, data: &str, end| Event { kind: kind.into(), data: data.into(), end };
        assert_eq!(events.dispatched, [event("", "a\nb", 30), event("e", "", 51)]);
        assert_eq!(events.last_event_id.as_deref(), Some("2"));
        assert_eq!(events.retry, None);
    }

    #[test]
    fn a_reconnection_time_is_digits() {
        assert_eq!(read_events(b"retry: 20\nretry: 1s\n").retry, Some(Duration::from_millis(20)));
        assert_eq!(read_events(b"retry: 99999999999999999999999\n").retry, None);
    }
}
