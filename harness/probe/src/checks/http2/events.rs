//! Whether the events over HTTP/2 are those over HTTP/1.1.

use std::collections::HashMap;

use ssespec_reports::visible;

use crate::describe::id_list;
use crate::http2::observation::Http2Observation;
use crate::outcome::Outcome;
use crate::wire::exchange::{Event, Exchange};

/// How many characters of data are shown.
const SHOWN: usize = 100;

/// A breach if events that came over HTTP/1.1 are missing on the stream over HTTP/2, between others that came on both. The
/// first event may greet each client.
pub(super) fn lost_events(observation: &Http2Observation, long: &Exchange) -> Option<Outcome> {
    let of_http1: Vec<&str> = long.identified().map(|(_, id)| id).collect();
    let of_http2: Vec<&str> =
        observation.kept.events.iter().skip(1).filter_map(|event| event.id.as_deref()).collect();
    let place = |id: &&str| of_http1.iter().position(|other| other == id);
    // Other events may come after the end of the stream over HTTP/1.1, or belong to this stream only.
    let places: Vec<usize> = of_http2.iter().map_while(place).collect();
    let between = of_http1.get(*places.first()?..=*places.last()?)?;
    let lost: Vec<&str> = between.iter().copied().filter(|id| !of_http2.contains(id)).collect();
    (!lost.is_empty() && places.is_sorted()).then(|| {
        let observed = format!("without {} of them: {}", lost.len(), id_list(&lost));
        let expected = format!("the events of the stream over HTTP/1.1: {}", id_list(between));
        observation.breach(expected, observed).proven()
    })
}

/// A breach if an event over HTTP/2 has another type or other data than the event with the same id over HTTP/1.1, where such
/// events are the same on all streams.
pub(super) fn other_data<'e>(
    observation: &Http2Observation,
    first: &Exchange,
    others: impl Iterator<Item = &'e Exchange>,
) -> Option<Outcome> {
    let data = |exchange: &Exchange| -> HashMap<String, (String, String)> {
        let event = |(event, id): (&Event, &str)| {
            let kind = event.block.event.clone().unwrap_or_else(|| "message".into());
            (id.to_owned(), (kind, event.block.data.clone().unwrap_or_default()))
        };
        exchange.identified().map(event).collect()
    };
    let mut known = data(first);
    let mut is_shared = false;
    for (id, data) in others.flat_map(data) {
        match known.get(&id) {
            Some(same) if *same == data => is_shared = true,
            // Each stream has its own events.
            Some(_) => return None,
            None => _ = known.insert(id, data),
        }
    }
    let events = observation.kept.events.iter();
    let (id, same, other) = events
        .filter_map(|event| {
            let id = event.id.as_ref()?;
            Some((id, known.get(id)?, (event.kind.clone(), event.data.clone())))
        })
        .find(|(_, same, other)| is_shared && *same != other)?;
    let describe = |(kind, data): &(String, String)| {
        format!("the event with id {id} has the type {kind} and the data {}", visible::line(data, SHOWN))
    };
    let expected = format!("{}, as over HTTP/1.1", describe(same));
    Some(observation.breach(expected, describe(&other)).proven())
}
