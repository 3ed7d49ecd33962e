//! The fields of the stream: names, types, reconnection times.

use super::body::{found, judged};
use super::check::Check;
use super::outcome::{Breach, Outcome};
use super::wire::Exchange;
use ssespec_strict::FindingKind;
use ssespec_strict::finding::Known;

pub(super) const CHECKS: &[Check] = &[
    Check::observed(
        "field-names",
        "No field name is almost a known one",
        "resilience-server/field-names",
        |b| {
            found(
                b,
                &[
                    FindingKind::NearMiss(Known::Data),
                    FindingKind::NearMiss(Known::Event),
                    FindingKind::NearMiss(Known::Id),
                    FindingKind::NearMiss(Known::Retry),
                ],
                "data, event, id or retry, spelled exactly so",
                "clients compare names literally, and drop the field without a word",
            )
        },
    ),
    Check::observed(
        "unknown-fields",
        "There are no fields that clients do not know",
        "resilience-server/known-fields",
        |b| {
            found(
                b,
                &[FindingKind::UnknownField],
                "data, event, id, retry or a comment",
                "clients drop it without a word",
            )
        },
    ),
    Check::observed(
        "block-without-data",
        "A block with a type or an id has data",
        "resilience-server/blocks-have-data",
        |b| {
            found(
                b,
                &[FindingKind::BlockWithoutData],
                "a data field, if only an empty one",
                "a block without data dispatches no event; at most its id is kept",
            )
        },
    ),
    Check::observed(
        "event-names",
        "The types of events can be listened for",
        "resilience-server/event-names",
        |b| judged(b, event_names),
    ),
    Check::observed("retry-digits", "A retry is made of digits", "resilience-server/retry-digits", |b| {
        found(
            b,
            &[FindingKind::RetryNotDigits],
            "a whole number of milliseconds",
            "clients ignore a value with anything but the digits 0 to 9",
        )
    }),
    Check::observed(
        "retry-range",
        "A retry is between 100 ms and an hour",
        "resilience-server/retry-range",
        |b| judged(b, retry_range),
    ),
];

fn event_names(exchange: &Exchange) -> Outcome {
    let names = || exchange.dispatched().filter_map(|event| event.block.event.as_deref());
    let odd = names().find(|name| name.trim() != *name || matches!(*name, "open" | "error"));
    let first = |name: &str| names().find(|other| *other != name && other.eq_ignore_ascii_case(name));
    let other_case = names().find_map(|name| first(name).map(|other| format!("{name:?} and {other:?}")));
    let hint = "listeners are found by the exact type; `open` and `error` cannot be told from the source's own events";
    match (odd, other_case) {
        (Some(name), _) => Breach::of(
            exchange,
            "a type without spaces around it that is neither open nor error",
            format!("{name:?}"),
        )
        .hint(hint)
        .broken(),
        (None, Some(pair)) => Breach::of(exchange, "one spelling of a type", pair).hint(hint).broken(),
        (None, None) if exchange.dispatched().next().is_none() => Outcome::NotJudged("no event came".into()),
        (None, None) => Outcome::Held,
    }
}

fn retry_range(exchange: &Exchange) -> Outcome {
    let is_digits = |value: &&str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let mut values =
        exchange.events.iter().filter_map(|event| event.block.retry.as_deref()).filter(is_digits);
    let is_usual = |value: &str| value.parse::<u64>().is_ok_and(|ms| (100..=3_600_000).contains(&ms));
    let Some(first) = values.next() else { return Outcome::NotJudged("there is no retry".into()) };
    match std::iter::once(first).chain(values).find(|value| !is_usual(value)) {
        None => Outcome::Held,
        Some(value) => Breach::of(exchange, "100 to 3600000", value)
            .hint("0 invites a storm of reconnects, and more than 2147483647 overflows the timers of some clients")
            .broken(),
    }
}
