//! Whether the fields of events over HTTP/2 are those over HTTP/1.1.

use std::collections::{BTreeSet, HashMap};

use crate::http2::observation::Http2Observation;
use crate::outcome::Outcome;
use crate::wire::exchange::Exchange;

/// How many events of one type show which types the stream has.
const ENOUGH: usize = 3;

/// A breach if events over HTTP/2 have types or reconnection times that none of two streams over HTTP/1.1 has, or if the same events
/// have other ids.
pub(super) fn other_fields(
    observation: &Http2Observation,
    one: &Exchange,
    long: &Exchange,
) -> Option<Outcome> {
    types(observation, long).or_else(|| retries(observation, one, long)).or_else(|| ids(observation, long))
}

fn types(observation: &Http2Observation, long: &Exchange) -> Option<Outcome> {
    let kind = |kind: Option<&str>| kind.unwrap_or("message").to_owned();
    let known: Vec<String> = long.dispatched().map(|event| kind(event.block.event.as_deref())).collect();
    let of_http1: BTreeSet<&String> = known.iter().collect();
    let of_http2: BTreeSet<&String> = observation.kept.events.iter().map(|event| &event.kind).collect();
    let is_known = known.len() >= ENOUGH && of_http1.len() <= 2 && known.len() >= of_http1.len() * ENOUGH;
    let has_enough = observation.kept.events.len() >= 2;
    (is_known && has_enough && of_http1.is_disjoint(&of_http2)).then(|| {
        let list =
            |types: &BTreeSet<&String>| types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        let expected = format!("events of the type {}, as over HTTP/1.1", list(&of_http1));
        observation.breach(expected, format!("events of the type {}", list(&of_http2))).proven()
    })
}

/// The value of `retry`, if all that came are the same.
fn constant<'v>(values: impl Iterator<Item = &'v str>) -> Option<&'v str> {
    let all: BTreeSet<&str> = values.collect();
    (all.len() == 1).then(|| all.first().copied()).flatten()
}

fn retries(observation: &Http2Observation, one: &Exchange, long: &Exchange) -> Option<Outcome> {
    let retry = |exchange: &'_ Exchange| -> Option<String> {
        constant(exchange.events.iter().filter_map(|event| event.block.retry.as_deref())).map(str::to_owned)
    };
    // A server may choose another value for each stream.
    let known = retry(long).filter(|known| retry(one).as_ref() == Some(known))?;
    let kept = constant(observation.kept.retries.iter().map(String::as_str))?;
    let later = constant(observation.later.retries.iter().map(String::as_str));
    let differs = kept != known && later.is_none_or(|later| later == kept);
    differs.then(|| {
        let expected = format!("retry: {known}, as over HTTP/1.1");
        observation.breach(expected, format!("retry: {kept}")).proven()
    })
}

fn ids(observation: &Http2Observation, long: &Exchange) -> Option<Outcome> {
    let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
    for (event, id) in long.identified() {
        known.entry(event.block.data.as_deref().unwrap_or_default()).or_default().push(id);
    }
    let mut pairs = Vec::new();
    for event in &observation.kept.events {
        let (Some(id), Some(ids)) = (&event.id, known.get(event.data.as_str())) else { continue };
        // Data that comes more than once does not tell which event it is.
        if let [same] = ids.as_slice() {
            pairs.push((*same, id.as_str(), event.data.as_str()));
        }
    }
    let distinct: BTreeSet<&str> = pairs.iter().map(|(.., data)| *data).collect();
    let is_sure = pairs.len() >= 2 && distinct.len() == pairs.len();
    let (same, other, _) =
        pairs.first().filter(|_| is_sure && pairs.iter().all(|(same, other, _)| same != other))?;
    // Ids that are counted on each stream differ too.
    if same.parse::<u64>().is_ok() && other.parse::<u64>().is_ok() {
        return None;
    }
    Some(
        observation
            .breach(format!("id {same}, as over HTTP/1.1"), format!("id {other} of the same event"))
            .proven(),
    )
}
