//! The ids of events.

use std::collections::HashMap;

use super::body::{found, judged};
use super::check::Check;
use super::outcome::{Breach, Outcome, told};
use super::wire::{Event, Exchange};
use ssespec_strict::FindingKind;

pub(super) const CHECKS: &[Check] = &[
    Check::observed("id-without-nul", "No id holds U+0000", "whatwg/server-id-without-nul-or-newline", |b| {
        found(b, &[FindingKind::IdWithNul], "an id without U+0000", "clients ignore the whole field")
    }),
    Check::observed("id-in-header", "An id can travel in a header", "resilience-server/id-in-header", |b| {
        judged(b, header_safe)
    }),
    Check::observed("id-unique", "No two events have the same id", "resilience-server/id-unique", |b| {
        judged(b, unique)
    }),
    Check::observed("id-order", "Whether ids are ordered", "resilience-server/id-order", |b| {
        judged(b, order)
    }),
    Check::observed("id-coverage", "All events have an id, or none", "resilience-server/id-coverage", |b| {
        judged(b, coverage)
    }),
    Check::observed("id-reset", "No id is empty", "resilience-server/id-reset", |b| judged(b, reset)),
];

const NO_IDS: &str = "no event had an id";

/// The events with an id that can be resumed from.
pub(super) fn identified(exchange: &Exchange) -> impl Iterator<Item = (&Event, &str)> {
    let all = exchange.dispatched().filter_map(|event| Some((event, event.block.id.as_deref()?)));
    all.filter(|(_, id)| !id.is_empty())
}

/// Their ids in order.
pub(super) fn ids(exchange: &Exchange) -> Vec<String> {
    identified(exchange).map(|(_, id)| id.to_owned()).collect()
}

fn header_safe(exchange: &Exchange) -> Outcome {
    const LONG: usize = 128;
    if identified(exchange).next().is_none() {
        return Outcome::NotJudged(NO_IDS.into());
    }
    let wrong = |id: &str| {
        if id.chars().any(char::is_control) {
            Some("a control character")
        } else if id.trim_matches([' ', '\t']) != id {
            Some("a space at its end")
        } else if id.len() > LONG {
            Some("more than 128 bytes")
        } else {
            None
        }
    };
    match identified(exchange).find_map(|(_, id)| Some((id, wrong(id)?))) {
        None => Outcome::Held,
        Some((id, why)) => {
            let observed = format!("{:?} has {why}", id.chars().take(LONG + 1).collect::<String>());
            Breach::of(exchange, "an id that comes back unchanged in Last-Event-ID", observed).broken()
        }
    }
}

fn unique(exchange: &Exchange) -> Outcome {
    let mut first: HashMap<&str, &Event> = HashMap::new();
    for (event, id) in identified(exchange) {
        if let Some(earlier) = first.insert(id, event) {
            let observed = format!(
                "id {id:?} at byte {} with data {:?} and at byte {} with data {:?}",
                earlier.block.offset,
                short(earlier.block.data.as_deref().unwrap_or_default()),
                event.block.offset,
                short(event.block.data.as_deref().unwrap_or_default()),
            );
            return Breach::of(exchange, "an id for each event", observed)
                .hint("a client that resumes from a repeated id loses events or gets them twice")
                .broken();
        }
    }
    if first.is_empty() { Outcome::NotJudged(NO_IDS.into()) } else { Outcome::Held }
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn order(exchange: &Exchange) -> Outcome {
    let numbers: Vec<u64> = identified(exchange).filter_map(|(_, id)| id.parse().ok()).collect();
    let all = identified(exchange).count();
    if all < 2 {
        return Outcome::NotJudged("fewer than two events had an id".into());
    }
    let value = if numbers.len() == all && numbers.windows(2).all(|pair| pair[0] < pair[1]) {
        "numbers that increase"
    } else if numbers.len() == all {
        "numbers that do not increase"
    } else if ids(exchange).windows(2).all(|pair| pair[0] < pair[1]) {
        "text that increases"
    } else {
        "text"
    };
    told("ids", value)
}

fn coverage(exchange: &Exchange) -> Outcome {
    let mut events = exchange.dispatched().skip_while(|event| event.block.id.is_none());
    // Before the first id there is nothing to resume from.
    if events.next().is_none() {
        return Outcome::NotJudged(NO_IDS.into());
    }
    match events.find(|event| event.block.id.is_none()) {
        None => Outcome::Held,
        Some(event) => {
            let without = exchange.dispatched().filter(|event| event.block.id.is_none()).count();
            let observed = format!(
                "{without} of {} events without one, such as that at byte {} with data {:?}",
                exchange.dispatched().count(),
                event.block.offset,
                short(event.block.data.as_deref().unwrap_or_default()),
            );
            Breach::of(exchange, "an id on every event", observed)
                .hint("after such an event a client resumes from the id before it, and gets the event again or never")
                .broken()
        }
    }
}

fn reset(exchange: &Exchange) -> Outcome {
    if exchange.dispatched().all(|event| event.block.id.is_none()) {
        return Outcome::NotJudged(NO_IDS.into());
    }
    match exchange.events.iter().find(|event| event.block.id.as_deref() == Some("")) {
        None => Outcome::Held,
        Some(event) => {
            let observed = format!("an empty id at byte {}", event.block.offset);
            Breach::of(exchange, "an id", observed)
                .hint("an empty id makes the client forget the last one: it no longer resumes")
                .broken()
        }
    }
}
