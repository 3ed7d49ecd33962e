use std::time::Duration;

use super::super::outcome::Outcome;
use super::super::wire::{Ask, End, Event, Exchange, Method, Watch};
use super::{bursts, held_back, idle};
use ssespec_strict::Block;

fn watched() -> Exchange {
    let watch = Watch { head: Duration::ZERO, body: Duration::ZERO, events: 0 };
    Exchange {
        watched: Duration::from_secs(35),
        ..Exchange::new(Ask::stream(Method::Get, watch), Vec::new(), End::Left)
    }
}

fn silent_for(seconds: u64) -> Exchange {
    Exchange { silence: (Duration::from_secs(seconds), Duration::from_secs(1)), ..watched() }
}

#[test]
fn a_long_silence_is_a_breach() {
    assert!(matches!(idle(&silent_for(15)), Outcome::Held));
    assert!(matches!(idle(&silent_for(25)), Outcome::Held));
    assert!(matches!(idle(&silent_for(31)), Outcome::Broken(_)));
    assert!(matches!(idle(&silent_for(2)), Outcome::HeldWith(_)));
    let ended = Exchange { end: End::Complete, ..silent_for(2) };
    assert!(matches!(idle(&ended), Outcome::NotJudged(_)));
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
    let exchange = Exchange { events, ..watched() };
    assert_eq!(bursts(&exchange).iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1]);
}

#[test]
fn times_in_events_show_that_they_were_held_back() {
    let first = event(0, 1, "1767225600000");
    let late =
        [event(3000, 2, "1767225601000"), event(3001, 3, "1767225602000"), event(3002, 4, "1767225603000")];
    let exchange = Exchange { events: [vec![first.clone()], late.to_vec()].concat(), ..watched() };
    assert_eq!(held_back(&exchange), Some((3, Duration::from_secs(2))));
    let prompt = [event(1000, 2, "1767225601000"), event(2000, 3, "1767225602000")];
    let exchange = Exchange { events: [vec![first], prompt.to_vec()].concat(), ..watched() };
    assert_eq!(held_back(&exchange), None);
}
