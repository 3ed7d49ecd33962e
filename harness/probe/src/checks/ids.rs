//! Event ids.

use std::collections::HashMap;

use ssespec_strict::FindingKind;

use super::stream::{forbid, judge_stream};
use crate::check::Check;
use crate::describe::start;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{Event, Exchange};

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "id-without-nul",
        "Event ids contain no U+0000",
        "whatwg/server-id-without-nul-or-newline",
        |c| forbid(c, &[FindingKind::IdWithNul], "an id without U+0000", "clients ignore the whole field"),
    ),
    Check::new(
        "id-in-header",
        "Event ids are safe to send in a header field",
        "resilience-server/id-in-header",
        |c| judge_stream(c, header_safe),
    ),
    Check::new("id-unique", "No two events have the same id", "resilience-server/id-unique", |c| {
        judge_stream(c, unique)
    }),
    Check::new("id-order", "Order of event ids", "resilience-server/id-order", |c| judge_stream(c, order)),
    Check::new(
        "id-coverage",
        "All events have an id, or no event has one",
        "resilience-server/id-coverage",
        |c| judge_stream(c, coverage),
    ),
    Check::new("id-reset", "No event id is empty", "resilience-server/id-reset", |c| judge_stream(c, reset)),
];

const NO_IDS: &str = "no event had an id";

fn header_safe(exchange: &Exchange) -> Outcome {
    const LONG: usize = 128;
    if exchange.identified().next().is_none() {
        return Outcome::NotJudged(NO_IDS.into());
    }
    let problem = |id: &str| {
        if id.chars().any(char::is_control) {
            Some("contains a control character")
        } else if id.trim_matches([' ', '\t']) != id {
            Some("starts or ends with white space")
        } else if id.len() > LONG {
            Some("is longer than 128 bytes")
        } else {
            None
        }
    };
    match exchange.identified().find_map(|(_, id)| Some((id, problem(id)?))) {
        None => Outcome::Holds,
        Some((id, problem)) => {
            let observed = format!("{:?} {problem}", id.chars().take(LONG + 1).collect::<String>());
            Breach::new(exchange, "an id that comes back unchanged in Last-Event-ID", observed).proven()
        }
    }
}

fn unique(exchange: &Exchange) -> Outcome {
    let mut first: HashMap<&str, &Event> = HashMap::new();
    for (event, id) in exchange.identified() {
        if let Some(earlier) = first.insert(id, event) {
            let observed = format!(
                "id {id:?} at byte {} of the stream with data {:?}, and at byte {} with data {:?}",
                earlier.block.offset,
                start(earlier.block.data.as_deref().unwrap_or_default()),
                event.block.offset,
                start(event.block.data.as_deref().unwrap_or_default()),
            );
            return Breach::new(exchange, "a different id for each event", observed)
                .hint("a client that resumes from a repeated id loses events or gets them twice")
                .proven();
        }
    }
    if first.is_empty() { Outcome::NotJudged(NO_IDS.into()) } else { Outcome::Holds }
}

fn order(exchange: &Exchange) -> Outcome {
    let numbers: Vec<u64> = exchange.identified().filter_map(|(_, id)| id.parse().ok()).collect();
    let all = exchange.identified().count();
    if all < 2 {
        return Outcome::NotJudged("fewer than two events had an id".into());
    }
    let value = if numbers.len() == all && numbers.windows(2).all(|pair| pair[0] < pair[1]) {
        "increasing numbers"
    } else if numbers.len() == all {
        "numbers that do not increase"
    } else if exchange.ids().windows(2).all(|pair| pair[0] < pair[1]) {
        "increasing text"
    } else {
        "text"
    };
    fact("ids", value)
}

fn coverage(exchange: &Exchange) -> Outcome {
    let mut events = exchange.dispatched().skip_while(|event| event.block.id.is_none());
    // Before the first id there is nothing to resume from.
    if events.next().is_none() {
        return Outcome::NotJudged(NO_IDS.into());
    }
    match events.find(|event| event.block.id.is_none()) {
        None => Outcome::Holds,
        Some(event) => {
            let without = exchange.dispatched().filter(|event| event.block.id.is_none()).count();
            let observed = format!(
                "{without} of {} events without an id, such as the one at byte {} of the stream with data {:?}",
                exchange.event_count(),
                event.block.offset,
                start(event.block.data.as_deref().unwrap_or_default()),
            );
            Breach::new(exchange, "an id on every event", observed)
                .hint("after such an event a client resumes from the id before it: it gets the event again or never")
                .proven()
        }
    }
}

fn reset(exchange: &Exchange) -> Outcome {
    if exchange.dispatched().all(|event| event.block.id.is_none()) {
        return Outcome::NotJudged(NO_IDS.into());
    }
    match exchange.events.iter().find(|event| event.block.id.as_deref() == Some("")) {
        None => Outcome::Holds,
        Some(event) => {
            let observed = format!("an empty id at byte {} of the stream", event.block.offset);
            Breach::new(exchange, "an id that is not empty", observed)
                .hint("an empty id makes the client forget the last event ID, so it cannot resume")
                .proven()
        }
    }
}
