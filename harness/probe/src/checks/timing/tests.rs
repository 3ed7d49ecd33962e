use std::time::Duration;

use super::blank_lines::blank_line_delay;
use super::clumps::{bursts, held_back};
use super::keep_alive::{keep_alive, keep_alive_unless_emitting};
use crate::observe::long::{LateStream, LongObservation};
use crate::outcome::Outcome;
use crate::wire::exchange::{End, Event, Exchange, Read, Silence};
use crate::wire::request::{Method, ReadLimits, Request, Version};
use ssespec_strict::{Block, Comment};

fn observed() -> Exchange {
    let limits = ReadLimits { head: Duration::ZERO, body: Duration::ZERO, events: None };
    Exchange {
        duration: Duration::from_secs(35),
        ..Exchange::new(Request::stream(Method::Get, Version::Http11, limits), Vec::new(), End::StillOpen)
    }
}

fn silent_for(seconds: u64) -> Exchange {
    let longest_silence = Silence { length: Duration::from_secs(seconds), since: Duration::from_secs(1) };
    Exchange { longest_silence, ..observed() }
}

#[test]
fn a_long_silence_is_a_breach() {
    assert!(matches!(keep_alive(&silent_for(15)), Outcome::Holds));
    assert!(matches!(keep_alive(&silent_for(25)), Outcome::Holds));
    assert!(matches!(keep_alive(&silent_for(31)), Outcome::Broken(_)));
    assert!(matches!(keep_alive(&silent_for(2)), Outcome::HoldsWithNote(_)));
    let ended = Exchange { end: End::Complete, ..silent_for(2) };
    assert!(matches!(keep_alive(&ended), Outcome::NotJudged(_)));
}

fn event(at: u64, chunk: u64, data: &str) -> Event {
    let at = Duration::from_millis(at);
    Event {
        block: Block { at, data: Some(data.into()), ..Block::default() },
        read: at.as_millis() as u64,
        chunk,
    }
}

#[test]
fn events_of_a_chunk_are_a_burst() {
    let events = vec![event(0, 1, ""), event(900, 2, ""), event(900, 2, ""), event(900, 3, "")];
    let exchange = Exchange { events, ..observed() };
    assert_eq!(bursts(&exchange).iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1]);
}

#[test]
fn times_in_events_show_that_they_were_held_back() {
    let first = event(0, 1, "1767225600000");
    let late =
        [event(3000, 2, "1767225601000"), event(3001, 3, "1767225602000"), event(3002, 4, "1767225603000")];
    let exchange = Exchange { events: [vec![first.clone()], late.to_vec()].concat(), ..observed() };
    assert_eq!(held_back(&exchange), Some((3, Duration::from_secs(2))));
    let prompt = [event(1000, 2, "1767225601000"), event(2000, 3, "1767225602000")];
    let exchange = Exchange { events: [vec![first], prompt.to_vec()].concat(), ..observed() };
    assert_eq!(held_back(&exchange), None);
}

#[test]
fn a_silence_that_our_emission_ended_says_nothing() {
    let observation = |length, emitted| LongObservation {
        exchange: silent_for(length),
        emissions: Vec::new(),
        emit_error: None,
        late: Some(LateStream {
            opened: Duration::from_secs(20),
            emitted: Some(Duration::from_secs(emitted)),
            exchange: observed(),
        }),
    };
    assert!(matches!(keep_alive_unless_emitting(&observation(25, 6)), Outcome::NotJudged(_)));
    assert!(matches!(keep_alive_unless_emitting(&observation(25, 2)), Outcome::Holds));
    assert!(matches!(keep_alive_unless_emitting(&observation(15, 6)), Outcome::Holds));
    assert!(matches!(keep_alive_unless_emitting(&observation(31, 12)), Outcome::Broken(_)));
}

#[test]
fn a_comment_that_ends_late_is_a_breach() {
    let read = |at, content| Read { at: Duration::from_millis(at), length: content, content };
    let comment =
        |at| Comment { offset: 9, at: Duration::from_millis(at), text: " pingid: 1".into(), length: 11 };
    let commented = |at| Exchange {
        reads: vec![read(100, 9), read(500, 6), read(at, 6)],
        comments: vec![comment(at)],
        events: vec![event(100, 0, "x")],
        ..observed()
    };
    assert!(matches!(blank_line_delay(&commented(3500)), Outcome::Broken(_)));
    assert!(matches!(blank_line_delay(&commented(900)), Outcome::Holds));
}
