//! The fields of the stream: names, event types, reconnection times.

use std::collections::HashSet;

use ssespec_strict::FindingKind;
use ssespec_strict::finding::Known;

use super::stream::{forbid, judge_stream};
use crate::check::Check;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::Exchange;

pub(crate) const CHECKS: &[Check] = &[
    Check::new(
        "field-names",
        "No field name is a misspelling of a standard one",
        "resilience-server/field-names",
        |c| {
            forbid(
                c,
                &[
                    FindingKind::NearMiss(Known::Data),
                    FindingKind::NearMiss(Known::Event),
                    FindingKind::NearMiss(Known::Id),
                    FindingKind::NearMiss(Known::Retry),
                ],
                "data, event, id or retry, with exactly this spelling",
                "field names are case-sensitive; clients silently ignore other fields",
            )
        },
    ),
    Check::new("unknown-fields", "There are no unknown fields", "resilience-server/known-fields", |c| {
        forbid(
            c,
            &[FindingKind::UnknownField],
            "data, event, id, retry or a comment",
            "clients silently ignore it",
        )
    }),
    Check::new(
        "block-without-data",
        "Event blocks with a type or id have data",
        "resilience-server/blocks-have-data",
        |c| {
            forbid(
                c,
                &[FindingKind::BlockWithoutData],
                "a data field, which may be empty",
                "clients dispatch no event for a block without data; they only remember its id",
            )
        },
    ),
    Check::new(
        "event-names",
        "Clients can listen for every event type",
        "resilience-server/event-names",
        |c| judge_stream(c, event_names),
    ),
    Check::new(
        "retry-digits",
        "A retry value consists of digits only",
        "resilience-server/retry-digits",
        |c| {
            forbid(
                c,
                &[FindingKind::RetryNotDigits],
                "a whole number of milliseconds",
                "clients ignore a value with anything other than the digits 0 to 9",
            )
        },
    ),
    Check::new(
        "retry-range",
        "A retry value is between 100 ms and 1 hour",
        "resilience-server/retry-range",
        |c| judge_stream(c, retry_range),
    ),
];

fn event_names(exchange: &Exchange) -> Outcome {
    let names = || exchange.dispatched().filter_map(|event| event.block.event.as_deref());
    let odd = names().find(|name| name.trim() != *name || matches!(*name, "open" | "error"));
    let first = |name: &str| names().find(|other| *other != name && other.eq_ignore_ascii_case(name));
    let other_case = names().find_map(|name| first(name).map(|other| format!("{name:?} and {other:?}")));
    if let Some(breach) = own_types(exchange) {
        return breach;
    }
    let is_quoted = |name: &&str| {
        name.len() > 2 && ['"', '\''].iter().any(|quote| name.starts_with(*quote) && name.ends_with(*quote))
    };
    if let Some(name) = names().find(is_quoted) {
        return Breach::new(exchange, "a type without quotation marks", name)
            .hint("what follows the colon is the type, quotation marks included: no listener for the name inside them hears it")
            .suspected();
    }
    let hint = "listeners match the exact type; clients cannot distinguish `open` and `error` from the events that EventSource fires itself";
    match (odd, other_case) {
        (Some(name), _) => Breach::new(
            exchange,
            "a type without leading or trailing spaces that is neither open nor error",
            format!("{name:?}"),
        )
        .hint(hint)
        .proven(),
        (None, Some(pair)) => Breach::new(exchange, "one spelling of each type", pair).hint(hint).proven(),
        (None, None) if exchange.dispatched().next().is_none() => Outcome::NotJudged("no event came".into()),
        (None, None) => Outcome::Holds,
    }
}

/// How many events with types of their own show that the type holds what the data should.
const OWN_TYPES: usize = 6;

/// The breach of events that each have a type of their own, different in a number only.
fn own_types(exchange: &Exchange) -> Option<Outcome> {
    let names: Vec<&str> =
        exchange.dispatched().map(|event| event.block.event.as_deref().unwrap_or_default()).collect();
    let without_digits = |name: &&str| name.replace(|c: char| c.is_ascii_digit(), "");
    let kinds: HashSet<String> = names.iter().map(without_digits).collect();
    let distinct: HashSet<&str> = names.iter().copied().collect();
    let is_numbered = names.len() >= OWN_TYPES && distinct.len() == names.len() && kinds.len() == 1;
    let first = names.first().filter(|_| is_numbered)?;
    let observed = format!("{} events with {} types, such as {first:?}", names.len(), names.len());
    Some(
        Breach::new(exchange, "a type that clients know before the event comes", observed)
            .hint("put what differs from event to event into the data or the id")
            .suspected(),
    )
}

fn retry_range(exchange: &Exchange) -> Outcome {
    let is_digits = |value: &&str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let mut values =
        exchange.events.iter().filter_map(|event| event.block.retry.as_deref()).filter(is_digits);
    let is_usual = |value: &str| value.parse::<u64>().is_ok_and(|ms| (100..=3_600_000).contains(&ms));
    let Some(first) = values.next() else { return Outcome::NotJudged("there is no retry field".into()) };
    match std::iter::once(first).chain(values).find(|value| !is_usual(value)) {
        None => Outcome::Holds,
        Some(value) => Breach::new(exchange, "100 to 3600000", value)
            .hint("0 causes a storm of reconnections; values above 2147483647 overflow the timers of some clients")
            .proven(),
    }
}
